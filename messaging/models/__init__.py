"""The models of messaging: its own, which are in this folder, and those of all features.

They form one app, with one folder of migrations.
"""

from messaging.sides import Side as Side

from .conversation import BOTH_SIDES as BOTH_SIDES
from .conversation import Conversation as Conversation
from .conversation import blocking_sides as blocking_sides
from .conversation import conversation_url as conversation_url
from .conversation import hour_of as hour_of
from .conversation import snapshot_of as snapshot_of
from .message import NOT_HIDDEN as NOT_HIDDEN
from .message import Attached as Attached
from .message import Message as Message
from .message import shown_sql as shown_sql
from .participant import Participant as Participant

# isort: split
# Some of these import the ones above from here.

from messaging.appeals.models import Appeal as Appeal
from messaging.away.models import AwayAnswer as AwayAnswer
from messaging.away.models import AwayWords as AwayWords
from messaging.blocks.models import Block as Block
from messaging.blocks.models import ReadBefore as ReadBefore
from messaging.cases.models import Case as Case
from messaging.contact.models import KeptQuestion as KeptQuestion
from messaging.decisions.models import Decision as Decision
from messaging.editing.models import MessageVersion as MessageVersion
from messaging.exports.models import Export as Export
from messaging.figures.models import Contest as Contest
from messaging.figures.models import ReplyTime as ReplyTime
from messaging.figures.models import Settlement as Settlement
from messaging.figures.models import Wait as Wait
from messaging.files.models import File as File
from messaging.held.models import HeldMessage as HeldMessage
from messaging.lanes.models import Lane as Lane
from messaging.lanes.models import LaneCount as LaneCount
from messaging.links.models import LinkHost as LinkHost
from messaging.notes.models import Note as Note
from messaging.nudges.models import Nudge as Nudge
from messaging.opening_hours.models import OpeningHours as OpeningHours
from messaging.presence.models import LastActive as LastActive
from messaging.presence.models import PresenceChoice as PresenceChoice
from messaging.reactions.models import Reaction as Reaction
from messaging.recall.models import MessageTrace as MessageTrace
from messaging.recall.models import Recall as Recall
from messaging.recall.models import RecallItem as RecallItem
from messaging.recall.models import RecallWarning as RecallWarning
from messaging.recall.models import TraceProgress as TraceProgress
from messaging.reports.models import MutedReporter as MutedReporter
from messaging.reports.models import Report as Report
from messaging.rule_lab.models import DryRun as DryRun
from messaging.rules.models import Objection as Objection
from messaging.rules.models import RuleDay as RuleDay
from messaging.rules.models import ShieldRule as ShieldRule
from messaging.sanctions.models import Sanction as Sanction
from messaging.saved_replies.models import SavedReply as SavedReply
from messaging.saved_replies.models import SavedReplyFile as SavedReplyFile
from messaging.saved_views.models import SavedView as SavedView
from messaging.scam_warnings.models import DismissedWarning as DismissedWarning
from messaging.scheduled.models import ScheduledMessage as ScheduledMessage
from messaging.staff_looks.models import Look as Look
from messaging.staff_messages.models import StaffMessage as StaffMessage
from messaging.team.models import AlertChoice as AlertChoice
from messaging.team.models import Assignment as Assignment
from messaging.team.models import TeamRules as TeamRules
from messaging.team.models import TeamState as TeamState
from messaging.transparency.models import ModerationMonth as ModerationMonth
from messaging.triage.models import ConversationLabel as ConversationLabel
from messaging.triage.models import Label as Label
from messaging.trust.models import PersonTrust as PersonTrust

# What notifications are about: the kinds of their subjects.
SUBJECT_KIND = "conversation"  # new messages
MENTION_KIND = "note"  # a note mentions a colleague; the subject is the note
# A colleague gets conversations; the subject is the first `Assignment` of the action.
ASSIGNED_KIND = "assigned"
EXPORT_KIND = "export"  # an export is ready, or has failed
DECISION_KIND = "decision"  # a decision by staff
APPEAL_KIND = "appeal"  # the outcome of an appeal
STAFF_MESSAGE_KIND = "staff_message"  # staff have written to both sides
NUDGE_KIND = "nudge"  # a reminder to answer; the subject is the conversation
