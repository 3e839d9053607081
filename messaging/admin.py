"""Collects the admin pages for conversations from the features."""

from .appeals.admin import AppealAdmin as AppealAdmin
from .blocks.admin import BlockAdmin as BlockAdmin
from .decisions.admin import DecisionAdmin as DecisionAdmin
from .desk.admin import CaseAdmin as CaseAdmin
from .exports.admin import ExportAdmin as ExportAdmin
from .links.admin import LinkHostAdmin as LinkHostAdmin
from .moderation.admin import conversations as conversations
from .moderation.admin import reporters as reporters
from .moderation.admin import reports as reports
from .nudges.admin import NudgeAdmin as NudgeAdmin
from .recall.admin import RecallAdmin as RecallAdmin
from .review.admin import HeldMessageAdmin as HeldMessageAdmin
from .rule_lab.admin import DryRunAdmin as DryRunAdmin
from .rules.admin import ObjectionAdmin as ObjectionAdmin
from .rules.admin import ShieldRuleAdmin as ShieldRuleAdmin
from .staff_messages.admin import StaffMessageAdmin as StaffMessageAdmin
from .transparency.admin import ModerationMonthAdmin as ModerationMonthAdmin
from .trust.admin import PersonTrustAdmin as PersonTrustAdmin
