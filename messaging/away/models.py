"""A shop's automatic replies, and which conversations got one."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.fields import HostForeignKey
from trato.fields import MultilineTextField


class AwayWords(models.Model):
    """When a shop sends automatic replies, and what they say."""

    shop = HostForeignKey(
        settings.MESSAGING_SHOP_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        verbose_name=_("shop"),
    )
    is_on = models.BooleanField(_("answer outside opening hours"), default=False)
    words = MultilineTextField(_("words"), blank=True)
    until = models.DateTimeField(_("away until"), null=True, blank=True)
    until_words = MultilineTextField(_("words while away"), blank=True)
    changed_at = models.DateTimeField(
        _("changed"),
        default=timezone.now,
        editable=False,
        help_text="Messages from before get no answer.",
    )

    class Meta:
        verbose_name = _("away words")
        verbose_name_plural = _("away words")
        constraints = (
            models.UniqueConstraint(fields=["shop"], name="one_row_of_away_words_per_shop"),
        )

    def __str__(self) -> str:
        return f"{self.shop_id}"


class AwayAnswer(models.Model):
    """A day on which a conversation got its automatic reply: at most one a day.

    Written in the transaction that stores the message, under the conversation's lock.
    """

    conversation = models.ForeignKey(
        "messaging.Conversation",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        verbose_name=_("conversation"),
    )
    day = models.DateField(_("day"), help_text="In the shop's time zone.")

    class Meta:
        verbose_name = _("away answer")
        verbose_name_plural = _("away answers")
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "day"], name="one_away_answer_per_conversation_and_day"
            ),
        )
        indexes = (models.Index(fields=["day"], name="away_answers_by_day"),)

    def __str__(self) -> str:
        return f"{self.conversation_id} on {self.day}"
