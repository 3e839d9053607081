"""A message."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.host import host
from messaging.sides import Side
from trato.people import is_deleted

from .conversation import Conversation


class Attached(models.TextChoices):
    """The stand-in for a message without text in conversation lists."""

    PHOTO = "photo", _("Photo")
    PHOTOS = "photos", _("Photos")
    DOCUMENT = "document", _("Document")
    FILES = "files", _("Files")


class Message(models.Model):
    """A message. Its sender can edit and withdraw it for a while; staff can remove it.

    If it is removed or withdrawn, both sides see only that there was a message, see `is_hidden`.
    `sequence` orders messages, `revision` is the conversation's counter at the message's last
    change, and the sender's browser chooses `client_id` so that a repeated send is one message.
    docs/adding-a-feature.md says what else to change for a new column with content.
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
    # Most messages have no files: this column saves a query to find out.
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
    # Most messages have no reactions: this column saves a query to find out.
    is_reacted = models.BooleanField(_("has reactions"), default=False, db_default=False)
    # Loaded by `message_extras`.
    shown_files: Any = ()
    quoted: Any = None
    reactions: Any = ()
    # Set by `message_warnings`.
    warnings: Any = ()
    links: Any = ()
    # Set for the page of a conversation, see `messaging/timeline.py`.
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
            # Only the few hidden messages, for the jobs that update what depends on them.
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


# Messages that both sides can read: the opposite of `Message.is_hidden`, for queries.
NOT_HIDDEN: dict[str, Any] = {"removed_at": None, "withdrawn_at": None}


def shown_sql(message: str) -> str:
    """Return `NOT_HIDDEN` as an SQL condition on a message with the given alias or table."""
    return f"({message}.removed_at IS NULL AND {message}.withdrawn_at IS NULL)"
