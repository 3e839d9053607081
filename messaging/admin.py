"""Collects the admin pages for conversations from the features."""

from .exports.admin import ExportAdmin as ExportAdmin
from .moderation.admin import conversations as conversations
from .moderation.admin import reports as reports
from .nudges.admin import NudgeAdmin as NudgeAdmin
