"""Messages held for review."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.sides import Side

if TYPE_CHECKING:
    from messaging.models import Conversation, Decision

REASON_MAX_CHARACTERS = 40


class SpamReason(models.TextChoices):
    """A reason to hold a message without a shield rule; no rule can have such a name."""

    SAME_TEXT = "spam:same-text", _("nearly the same text to many shops")
    MANY_SHOPS = "spam:many-shops", _("first messages to many shops in a short time")
    WATCHED = "spam:watched", _("first message of a watched person")


class HeldMessage(models.Model):
    """A message that was sent but that the other side doesn't get yet.

    It has no sequence until `sending` gives it one on delivery. Only its sender sees it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Being checked")
        CLEARED = "cleared", _("Approved; waits for an earlier one")
        DELIVERED = "delivered", _("Delivered")
        REJECTED = "rejected", _("Not delivered")
        WITHDRAWN = "withdrawn", _("Taken back")

    OPEN = (State.WAITING, State.CLEARED)
    CONTENT = ("body", "quote")  # the columns of `records.Content` that it has until delivery

    conversation: "models.ForeignKey[Conversation, Conversation]" = models.ForeignKey(
        "messaging.Conversation",
        on_delete=models.CASCADE,
        related_name="held_messages",
        db_index=False,  # the constraint begins with it
        verbose_name=_("conversation"),
    )
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("sender"),
    )
    side = models.CharField(_("side"), max_length=8, choices=Side)
    client_id = models.UUIDField(_("client ID"))
    body = models.TextField(
        _("text"), max_length=settings.MESSAGE_MAX_CHARACTERS, help_text="Empty once delivered."
    )
    quote = models.PositiveIntegerField(_("quotes"), null=True, blank=True)
    reason = models.CharField(
        _("held because of"),
        max_length=REASON_MAX_CHARACTERS,
        blank=True,
        help_text="A rule or `SpamReason`; empty if it only waits behind an earlier one.",
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    # Whether staff agreed with the rule that held it, see `rules.staff_feedback.judge`.
    judged_on = models.DateField(_("rule judged"), null=True, blank=True, editable=False)
    is_overturned = models.BooleanField(
        _("rule overturned"), default=False, db_default=False, editable=False
    )
    created_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)

    # The staff decision not to deliver it, set by `queries.shown_to`.
    decision: "Decision | None" = None

    class Meta:
        verbose_name = _("held message")
        verbose_name_plural = _("held messages")
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "sender", "client_id"],
                name="one_held_message_per_client_id",
            ),
        )
        indexes = (
            models.Index(
                fields=["created_at"],
                condition=models.Q(state="waiting"),
                name="held_messages_waiting",
            ),
        )
        permissions = (("review_held_message", "Can deliver or reject a held message"),)

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def subject(self) -> str:
        """Its name in the audit trail and in cases."""
        return f"held_message:{self.pk}"

    @property
    def held_for(self) -> str:
        """The reason for holding it, in words for staff; a rule's name is returned unchanged."""
        is_spam = self.reason in SpamReason.values
        return str(SpamReason(self.reason).label) if is_spam else self.reason

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_rejected(self) -> bool:
        return self.state == self.State.REJECTED
