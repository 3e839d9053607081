"""Messages, and the models of all features: they are one app."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trato.people import is_deleted

from .conversations import Conversation as Conversation
from .conversations import conversation_url as conversation_url
from .conversations import hour_of as hour_of
from .host import host
from .sides import Side as Side

SUBJECT_KIND = "conversation"  # of the notifications that messaging creates
MENTION_KIND = "note"  # of those for colleagues whom a note mentions; the subject is the note
# Of those for colleagues who get conversations; the subject is the first `Assignment` of the act.
ASSIGNED_KIND = "assigned"
EXPORT_KIND = "export"  # of those for people whose export is ready
DECISION_KIND = "decision"  # of those about decisions of staff
APPEAL_KIND = "appeal"  # of those about the outcome of an appeal
STAFF_MESSAGE_KIND = "staff_message"  # of those about what staff write to both sides
NUDGE_KIND = "nudge"  # of those for people who are reminded of an answer; of the conversation


class Attached(models.TextChoices):
    """What a list of conversations says of a message that has only files."""

    PHOTO = "photo", _("Photo")
    PHOTOS = "photos", _("Photos")
    DOCUMENT = "document", _("Document")
    FILES = "files", _("Files")


class Message(models.Model):
    """A message. Its sender can edit and withdraw it for a while; staff can remove it.

    Of a removed or withdrawn message, both sides only see that there was one, see `is_hidden`.
    `sequence` orders, `revision` is the conversation's counter at the message's last change,
    and `client_id` is chosen by the sender's browser so that a repeated send is one message.
    docs/adding-a-feature.md says what else to change for a new column of the content.
    """

    conversation = models.ForeignKey(
        Conversation,
        on_delete=models.CASCADE,
        related_name="messages",
        db_index=False,
        verbose_name=_("conversation"),
    )
    sequence = models.PositiveIntegerField(_("number"))
    revision = models.PositiveIntegerField(_("revision"))
    client_id = models.UUIDField(_("client ID"))
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="sent_messages",
        db_index=False,  # a constraint below begins with it
        verbose_name=_("sender"),
    )
    side = models.CharField(_("side"), max_length=8, choices=Side)
    body = models.TextField(_("text"), max_length=settings.MESSAGE_MAX_CHARACTERS)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    is_automatic = models.BooleanField(_("automatic"), default=False, db_default=False)
    # Most messages have no files, and so nothing is read to find that out.
    attached = models.CharField(
        _("files"), max_length=8, choices=Attached, blank=True, default="", db_default=""
    )
    removed_at = models.DateTimeField(
        _("removed"),
        null=True,
        blank=True,
        editable=False,
        help_text="The audit trail says who removed it, and why.",
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    edited_at = models.DateTimeField(
        _("edited"),
        null=True,
        blank=True,
        editable=False,
        help_text="`MessageVersion` has the earlier texts.",
    )
    quote = models.PositiveIntegerField(
        _("quotes"), null=True, blank=True, help_text="The number of the message that it quotes."
    )
    # Most messages have no reactions, and so nothing is read to find that out.
    is_reacted = models.BooleanField(_("has reactions"), default=False, db_default=False)
    # Loaded by `extras`.
    shown_files: Any = ()
    quoted: Any = None
    reactions: Any = ()
    # Found out by `remarks`.
    warnings: Any = ()
    links: Any = ()
    # Set for the page of a conversation, see `messaging/runs.py`.
    is_grouped = is_continued = False

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("conversation", "sequence")
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "sequence"], name="one_message_per_sequence"
            ),
            models.UniqueConstraint(
                fields=["sender", "conversation", "client_id"], name="one_message_per_client_id"
            ),
            models.CheckConstraint(
                condition=models.Q(sequence__gt=0), name="sequence_starts_at_one"
            ),
        )
        indexes = (
            models.Index(fields=["conversation", "revision"], name="messages_by_revision"),
            # Of the few that are hidden, for those who look again at what depends on them.
            models.Index(
                fields=["removed_at"],
                condition=models.Q(removed_at__isnull=False),
                name="messages_removed",
            ),
            models.Index(
                fields=["sender"],
                condition=models.Q(removed_at__isnull=False),
                name="messages_removed_of_sender",
            ),
            models.Index(
                fields=["withdrawn_at"],
                condition=models.Q(withdrawn_at__isnull=False),
                name="messages_withdrawn",
            ),
        )
        permissions = (("remove_message", "Can remove a message from sight"),)

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.sequence}"

    @property
    def is_hidden(self) -> bool:
        return self.removed_at is not None or self.withdrawn_at is not None

    @property
    def sender_name(self) -> str:
        """The sender's name; empty for a deleted account, see `name_without_account`."""
        name = self.conversation.shop_name if self.is_automatic else host.display_name(self.sender)
        return "" if is_deleted(self.sender) else name

    @property
    def sender_short_name(self) -> str:
        return "" if self.is_automatic or is_deleted(self.sender) else host.short_name(self.sender)


# Messages with words for both sides: `Message.is_hidden` for queries and for statements.
NOT_HIDDEN: dict[str, Any] = {"removed_at": None, "withdrawn_at": None}


def shown_sql(message: str) -> str:
    """Return `NOT_HIDDEN` as an SQL condition on a message with the given alias or table."""
    return f"({message}.removed_at IS NULL AND {message}.withdrawn_at IS NULL)"


# The features' models, which belong to this app too.
from .appeals.models import Appeal as Appeal  # noqa: E402
from .away.models import AwayAnswer as AwayAnswer  # noqa: E402
from .away.models import AwayWords as AwayWords  # noqa: E402
from .blocks.models import Block as Block  # noqa: E402
from .blocks.models import ReadBefore as ReadBefore  # noqa: E402
from .cases.models import Case as Case  # noqa: E402
from .contact.models import KeptQuestion as KeptQuestion  # noqa: E402
from .decisions.models import Decision as Decision  # noqa: E402
from .editing.models import MessageVersion as MessageVersion  # noqa: E402
from .exports.models import Export as Export  # noqa: E402
from .figures.models import Contest as Contest  # noqa: E402
from .figures.models import ReplyTime as ReplyTime  # noqa: E402
from .figures.models import Settlement as Settlement  # noqa: E402
from .figures.models import Wait as Wait  # noqa: E402
from .files.models import File as File  # noqa: E402
from .held.models import HeldMessage as HeldMessage  # noqa: E402
from .lab.models import DryRun as DryRun  # noqa: E402
from .lanes.models import Lane as Lane  # noqa: E402
from .lanes.models import LaneCount as LaneCount  # noqa: E402
from .links.models import LinkHost as LinkHost  # noqa: E402
from .looks.models import Look as Look  # noqa: E402
from .moderation.models import Report as Report  # noqa: E402
from .notes.models import Note as Note  # noqa: E402
from .nudges.models import Nudge as Nudge  # noqa: E402
from .opening_hours.models import OpeningHours as OpeningHours  # noqa: E402
from .participants import Participant as Participant  # noqa: E402
from .presence.models import LastActive as LastActive  # noqa: E402
from .presence.models import PresenceChoice as PresenceChoice  # noqa: E402
from .reactions.models import Reaction as Reaction  # noqa: E402
from .recall.models import MessageTrace as MessageTrace  # noqa: E402
from .recall.models import Recall as Recall  # noqa: E402
from .recall.models import RecallItem as RecallItem  # noqa: E402
from .recall.models import RecallWarning as RecallWarning  # noqa: E402
from .recall.models import TraceProgress as TraceProgress  # noqa: E402
from .reports.models import MutedReporter as MutedReporter  # noqa: E402
from .rules.models import Objection as Objection  # noqa: E402
from .rules.models import RuleDay as RuleDay  # noqa: E402
from .rules.models import ShieldRule as ShieldRule  # noqa: E402
from .sanctions.models import Sanction as Sanction  # noqa: E402
from .saved_replies.models import SavedReply as SavedReply  # noqa: E402
from .saved_replies.models import SavedReplyFile as SavedReplyFile  # noqa: E402
from .saved_views.models import SavedView as SavedView  # noqa: E402
from .scam_warnings.models import DismissedWarning as DismissedWarning  # noqa: E402
from .scheduled.models import ScheduledMessage as ScheduledMessage  # noqa: E402
from .staff_messages.models import StaffMessage as StaffMessage  # noqa: E402
from .team.models import AlertChoice as AlertChoice  # noqa: E402
from .team.models import Assignment as Assignment  # noqa: E402
from .team.models import TeamRules as TeamRules  # noqa: E402
from .team.models import TeamState as TeamState  # noqa: E402
from .transparency.models import ModerationMonth as ModerationMonth  # noqa: E402
from .triage.models import ConversationLabel as ConversationLabel  # noqa: E402
from .triage.models import Label as Label  # noqa: E402
from .trust.models import PersonTrust as PersonTrust  # noqa: E402
