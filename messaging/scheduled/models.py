"""Scheduled messages."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.host import host
from trato.fields import MultilineTextField
from trato.people import is_deleted


class ScheduledMessage(models.Model):
    """A message from the shop's team that is sent at a chosen time.

    Only the seller side sees it. Its author is the person who wrote it or last changed its text; it
    is sent in the author's name. A row that is waiting or has failed is shown in the conversation.
    Sent and cancelled rows are kept for a while, see `retention.py`.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Scheduled")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not sent")
        CANCELLED = "cancelled", _("Cancelled")

    class Failure(models.TextChoices):
        AUTHOR = "author", _("The author doesn't work for the shop any more.")
        ENDED = "ended", _("The conversation has ended.")
        WROTE_FIRST = "wrote_first", _("The shopper wrote first.")
        REFUSED = "refused", _("The text was refused.")
        QUESTIONED = (
            "questioned",
            _("It seems to have contact or payment details. Edit it, or send it by hand."),
        )
        BLOCKED = "blocked", _("This message could not be delivered.")
        FILE = "file", _("A file is gone.")

    OPEN = (State.WAITING, State.FAILED)

    conversation = models.ForeignKey(
        "messaging.Conversation",
        on_delete=models.CASCADE,
        related_name="scheduled_messages",
        db_index=False,
        verbose_name=_("conversation"),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="scheduled_messages",
        verbose_name=_("author"),
    )
    body = MultilineTextField(_("text"), max_length=settings.MESSAGE_MAX_CHARACTERS)
    send_at = models.DateTimeField(_("send at"))
    is_at_opening = models.BooleanField(
        _("at opening time"),
        default=False,
        db_default=False,
        help_text="Whether it waits longer if the shop turns out to be closed then.",
    )
    only_if_quiet = models.BooleanField(_("only if the shopper hasn't written"), default=True)
    # The last message that the author had seen. If the shopper writes later, they "write first".
    after_sequence = models.PositiveIntegerField(_("written after message"))
    quote = models.PositiveIntegerField(
        _("quotes"), null=True, blank=True, help_text="The number of the message that it quotes."
    )
    client_id = models.UUIDField(_("client ID"))
    revision = models.PositiveIntegerField(_("revision"), default=1)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    failure = models.CharField(_("why not"), max_length=11, choices=Failure, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        null=True,
        editable=False,
        verbose_name=_("last changed by"),
    )
    changed_at = models.DateTimeField(_("last changed"), default=timezone.now, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    quoted: Any = None  # what the quote shows, see `queries.open_messages`

    class Meta:
        verbose_name = _("scheduled message")
        verbose_name_plural = _("scheduled messages")
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "author", "client_id"],
                name="one_scheduled_message_per_client_id",
            ),
        )
        indexes = (
            models.Index(
                fields=["send_at"],
                condition=models.Q(state="waiting"),
                name="scheduled_messages_waiting",
            ),
            models.Index(
                fields=["conversation", "send_at"],
                condition=models.Q(state__in=("waiting", "failed")),
                name="scheduled_messages_shown",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def has_failed(self) -> bool:
        return self.state == self.State.FAILED

    @property
    def author_name(self) -> str:
        return "" if is_deleted(self.author) else host.display_name(self.author)
