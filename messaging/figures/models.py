"""Waits for a reply in opening hours, stored when they end, and what the team says about them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.fields import HostForeignKey
from messaging.sides import Side
from trato.fields import MultilineTextField


class Wait(models.Model):
    """A shopper's wait for a reply, see `clock`; open while `answered_at` is null.

    `seconds` and `day_seconds` are stored with the reply, so that changed opening hours don't
    change what was promised before.
    """

    shop = HostForeignKey(
        settings.MESSAGING_SHOP_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        verbose_name=_("shop"),
    )
    conversation = models.ForeignKey(
        "messaging.Conversation",
        on_delete=models.CASCADE,
        related_name="waits",
        db_index=False,
        verbose_name=_("conversation"),
    )
    sequence = models.PositiveIntegerField(_("question"))
    asked_at = models.DateTimeField(_("asked"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("answered by"),
    )
    seconds = models.PositiveIntegerField(
        _("open seconds"), null=True, help_text="Of the shop's opening hours."
    )
    day_seconds = models.PositiveIntegerField(
        _("seconds of a day"), help_text="The opening hours of one of the shop's days."
    )

    class Meta:
        verbose_name = _("wait")
        verbose_name_plural = _("waits")
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "sequence"], name="one_wait_per_question"
            ),
        )
        indexes = (models.Index(fields=["shop", "asked_at"], name="waits_of_shop"),)

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.sequence}"

    @property
    def question_url(self) -> str:
        """The URL of the question, on the page of its conversation that has it."""
        return f"{self.conversation.page_of(self.sequence)}#message-{self.sequence}"


class Contest(models.Model):
    """A member's statement that a late answer should not count. It stays visible."""

    wait = models.ForeignKey(
        Wait, on_delete=models.CASCADE, related_name="contests", verbose_name=_("wait")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("contested by"),
    )
    reason = MultilineTextField(_("why should it not count?"), max_length=300)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)

    class Meta:
        verbose_name = _("contested wait")
        verbose_name_plural = _("contested waits")
        constraints = (
            models.UniqueConstraint(
                fields=["wait"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_contest_per_wait",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"


class Settlement(models.Model):
    """A conversation that was waiting for a side was settled: no reply was needed.

    A row with `is_undone` undoes the row before it: the conversation waited for the side all along.
    The figures use only rows of conversations that waited for the shop.
    """

    conversation = models.ForeignKey(
        "messaging.Conversation",
        on_delete=models.CASCADE,
        related_name="settlements",
        verbose_name=_("conversation"),
    )
    sequence = models.PositiveIntegerField(_("last message"))
    turn = models.CharField(_("waits for"), max_length=8, choices=Side)  # before it was settled
    is_undone = models.BooleanField(_("undone"), default=False, db_default=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("settled question")
        verbose_name_plural = _("settled questions")

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.sequence}"


class ReplyTime(models.Model):
    """A shop's usual reply time, for shoppers to see, and until when its waits are stored."""

    shop = HostForeignKey(
        settings.MESSAGING_SHOP_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        verbose_name=_("shop"),
    )
    samples = models.PositiveIntegerField(_("answers"), default=0)
    median_seconds = models.PositiveIntegerField(_("median in open seconds"), null=True)
    day_seconds = models.PositiveIntegerField(_("seconds of a day"), default=86_400)
    read_until = models.DateTimeField(_("messages read until"), null=True)
    checked_at = models.DateTimeField(_("checked"), null=True, db_index=True)

    class Meta:
        verbose_name = _("reply time")
        verbose_name_plural = _("reply times")
        constraints = (models.UniqueConstraint(fields=["shop"], name="one_reply_time_per_shop"),)

    def __str__(self) -> str:
        return f"{self.shop_id}"
