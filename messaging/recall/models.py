"""Recalls, what they removed and whom they warned, and the traces by which copies are found."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from messaging.models import Decision, Message


class MessageTrace(models.Model):
    """A contact, a link or a band of words in a message, as a keyed hash by which copies are found.

    Written by a sweep, see `traces`. Earlier texts of edited messages leave traces too.
    """

    key = models.BigIntegerField()
    message: "models.ForeignKey[Message, Message]" = models.ForeignKey(
        "messaging.Message", on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(db_index=True, help_text="Of the message.")

    class Meta:
        verbose_name = _("trace of a message")
        verbose_name_plural = _("traces of messages")
        constraints = (
            models.UniqueConstraint(
                fields=["key", "message"], name="one_trace_per_key_and_message"
            ),
        )

    def __str__(self) -> str:
        return f"{self.message_id}"


class TraceProgress(models.Model):
    """The sweep's progress: the keys of the last message and last earlier text that it read."""

    message = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.message}, {self.version}"


class Recall(models.Model):
    """Messages that staff removed together, starting from one confirmed scam.

    The reasons are in the decisions about the messages, which `RecallItem` names.
    """

    NEWS_KIND = "recall"  # of the warnings; the subject is a `RecallWarning`

    message: "models.ForeignKey[Message, Message]" = models.ForeignKey(
        "messaging.Message",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("found from"),
    )
    messages = models.PositiveIntegerField(_("messages"))
    senders = models.PositiveIntegerField(_("senders"))
    warned = models.PositiveIntegerField(_("people warned"))
    mutes: "models.ManyToManyField[Decision, models.Model]" = models.ManyToManyField(
        "messaging.Decision", related_name="+", verbose_name=_("mutes")
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("recalled by"),
    )
    created_at = models.DateTimeField(_("recalled"), default=timezone.now, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        null=True,
        blank=True,
        verbose_name=_("undone by"),
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("recall")
        verbose_name_plural = _("recalls")
        ordering = ("-pk",)
        permissions = (("make_recall", "Can recall a scam and its copies, and undo that"),)

    def __str__(self) -> str:
        return f"{self.pk}"


class RecallItem(models.Model):
    """A message of a recall. It has no decision if it was already hidden."""

    recall = models.ForeignKey(
        Recall,
        on_delete=models.CASCADE,
        related_name="items",
        db_index=False,  # the constraint begins with it
        verbose_name=_("recall"),
    )
    message: "models.ForeignKey[Message, Message]" = models.ForeignKey(
        "messaging.Message",
        on_delete=models.PROTECT,
        related_name="recalls",
        verbose_name=_("message"),
    )
    why = models.CharField(_("alike in"), max_length=80, help_text="Kinds, with commas.")
    decision: "models.ForeignKey[Decision | None, Decision | None]" = models.ForeignKey(
        "messaging.Decision",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("decision"),
    )

    class Meta:
        verbose_name = _("recalled message")
        verbose_name_plural = _("recalled messages")
        constraints = (
            models.UniqueConstraint(
                fields=["recall", "message"], name="one_item_per_recall_and_message"
            ),
        )

    def __str__(self) -> str:
        return f"{self.recall_id}/{self.message_id}"


class RecallWarning(models.Model):
    """A person whom a recall has warned, once, however many of its messages they got."""

    recall = models.ForeignKey(
        Recall,
        on_delete=models.CASCADE,
        related_name="warnings",
        db_index=False,  # the constraint begins with it
        verbose_name=_("recall"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("person"),
    )
    message: "models.ForeignKey[Message, Message]" = models.ForeignKey(
        "messaging.Message",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("message"),
    )

    class Meta:
        verbose_name = _("warning of a recalled message")
        verbose_name_plural = _("warnings of recalled messages")
        constraints = (
            models.UniqueConstraint(
                fields=["recall", "user"], name="one_warning_per_recall_and_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.recall_id}/{self.user_id}"
