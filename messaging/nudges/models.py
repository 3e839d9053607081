"""The latest reminder of each side of a conversation."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from messaging.sides import Side


class Nudge(models.Model):
    """The latest reminder that one side of a conversation has sent to the other.

    It isn't a message: it has no sequence and no revision, and nothing counts it. There is one row
    per side, written under the conversation's lock.
    """

    conversation = models.ForeignKey(
        "messaging.Conversation",
        on_delete=models.CASCADE,
        related_name="nudges",
        db_index=False,  # the unique index begins with it
        verbose_name=_("conversation"),
    )
    side = models.CharField(_("side"), max_length=8, choices=Side)
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("sender"),
    )
    sent_at = models.DateTimeField(_("sent"), db_index=True)
    # Until the notice is marked as read for everybody, see `answered`.
    is_open = models.BooleanField(_("not answered"), default=True, db_default=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "side"], name="one_reminder_per_conversation_and_side"
            ),
        )
        indexes = (
            models.Index(
                fields=["conversation"], condition=models.Q(is_open=True), name="reminders_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.conversation_id}, {self.side}"
