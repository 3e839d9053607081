"""Rules, how often they applied, and who objected."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from messaging.held.models import REASON_MAX_CHARACTERS
from messaging.sides import Side

from . import patterns
from .kinds import PATTERN, SCAMS, Detector

if TYPE_CHECKING:
    from messaging.models import Conversation

LABEL_MAX_CHARACTERS = 80


class ShieldRule(models.Model):
    """A rule for messages in which a detector finds something: whose, where, and its action.

    Staff edit the rows. They turn rules off instead of deleting them, so that figures stay.
    """

    class Action(models.TextChoices):
        """From the weakest to the strongest."""

        WARN = "warn", _("Warn: the writer may send it anyway")
        MASK = "mask", _("Mask: without those words, or staff look first")
        HOLD = "hold", _("Hold: staff look first")
        REFUSE = "refuse", _("Refuse")

    class Relationship(models.TextChoices):
        UNANSWERED = "unanswered", _("Only until the other side has answered")
        NEW_ACCOUNT = "new_account", _("Only while the account is new")

    name = models.SlugField(
        _("name"),
        max_length=REASON_MAX_CHARACTERS,
        unique=True,
        help_text=_("Unaccented letters, digits, hyphens and underscores."),
    )
    detector = models.CharField(
        _("looks for"),
        max_length=15,
        choices=Detector,
        blank=True,
        help_text=_("Leave it empty for a pattern of your own."),
    )
    pattern = models.CharField(
        _("own pattern"),
        max_length=settings.SHIELD_PATTERN_MAX_CHARACTERS,
        blank=True,
        help_text=_("A regular expression (RE2). Upper and lower case are the same."),
    )
    label_en = models.CharField(
        _("what it looks like (English)"),
        max_length=LABEL_MAX_CHARACTERS,
        blank=True,
        help_text=_("For an own pattern. The writer reads: This looks like …"),
    )
    label_es = models.CharField(
        _("what it looks like (Spanish)"), max_length=LABEL_MAX_CHARACTERS, blank=True
    )
    language = models.CharField(_("language of the writer"), max_length=10, blank=True)
    side = models.CharField(_("side of the writer"), max_length=8, choices=Side, blank=True)
    relationship = models.CharField(
        _("relationship"), max_length=11, choices=Relationship, blank=True
    )
    account_days = models.PositiveSmallIntegerField(
        _("new: younger than (days)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    # One of the host's keys; like the languages, the admin's form offers them as choices.
    category = models.CharField(_("category of the product"), max_length=50, blank=True)
    action = models.CharField(_("action"), max_length=6, choices=Action, default=Action.WARN)
    is_on = models.BooleanField(_("on"), default=True)
    # Set when staff have overturned it too often; a lead resets it, see `actions.set_back`.
    is_review_only = models.BooleanField(
        _("review only"), default=False, db_default=False, editable=False
    )
    # When it was last changed or reset: earlier verdicts of staff no longer count.
    judged_from = models.DateField(_("judged from"), null=True, editable=False)

    class Meta:
        verbose_name = _("shield rule")
        verbose_name_plural = _("shield rules")
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(detector="", pattern__gt="")
                | models.Q(detector__gt="", pattern=""),
                name="rule_looks_for_one_thing",
                violation_error_message=_(
                    "Choose what to look for, or write a pattern: one of the two."
                ),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """The scope of an objection: the detector, or the rule if it has its own pattern."""
        return self.detector or self.name

    @property
    def kind(self) -> str:
        return self.detector or PATTERN

    @property
    def effect(self) -> str:
        """The rule's current action: at most, hold messages while it is for review only."""
        is_too_strong = self.action in (self.Action.MASK, self.Action.REFUSE)
        return self.Action.HOLD if self.is_review_only and is_too_strong else self.action

    @property
    def audited_as(self) -> str:
        """The rule's name in the audit trail and in cases."""
        return f"shieldrule:{self.pk}"

    @property
    def label(self) -> str:
        """The label of the rule's own pattern, in the reader's language; may be empty."""
        is_spanish = (get_language() or "").startswith("es")
        return (self.label_es if is_spanish else self.label_en) or self.label_en or self.label_es

    def clean(self) -> None:
        """Refuse combinations that can't work, and patterns that are wrong or too costly."""
        errors: dict[str, Any] = {}
        if self.pattern and not self.detector:
            try:
                patterns.check(self.pattern, self._other_patterns())
            except ValidationError as error:
                errors["pattern"] = error
        if self.detector in SCAMS and self.action == self.Action.MASK:
            errors["action"] = _("A scam has no words to mask. Choose another action.")
        if self.relationship == self.Relationship.NEW_ACCOUNT and not self.account_days:
            errors["account_days"] = _("Say how old an account may be to count as new.")
        if errors:
            raise ValidationError(errors)

    def _other_patterns(self) -> list[str]:
        rows = ShieldRule.objects.filter(detector="").exclude(pk=self.pk)
        return list(rows.values_list("pattern", flat=True))


class RuleDay(models.Model):
    """A rule's hits on a day (UTC), and staff's verdicts on it.

    An appeal against a decision counts on the day of the decision, so that no share exceeds 100 %.
    """

    rule = models.ForeignKey(
        ShieldRule, on_delete=models.CASCADE, related_name="days", db_index=False
    )
    day = models.DateField(_("day"))
    hits = models.PositiveIntegerField(_("hits"), default=0)
    judged = models.PositiveIntegerField(_("judged by staff"), default=0, db_default=0)
    overturned = models.PositiveIntegerField(_("overturned"), default=0, db_default=0)

    class Meta:
        verbose_name = _("hits of a rule on a day")
        verbose_name_plural = _("hits of rules by day")
        constraints = (
            models.UniqueConstraint(fields=["rule", "day"], name="one_row_per_rule_and_day"),
        )

    def __str__(self) -> str:
        return f"{self.rule_id}/{self.day}"


class Objection(models.Model):
    """A sender says that a rule is wrong about a message. Its text isn't stored here.

    If the message is sent after all, the rules don't question the same again for that person in
    that conversation.
    """

    class Outcome(models.TextChoices):
        SENT = "sent", _("Sent as written")
        HELD = "held", _("Held; staff look first")
        REFUSED = "refused", _("Not sent")

    rule = models.ForeignKey(
        ShieldRule, on_delete=models.CASCADE, related_name="objections", verbose_name=_("rule")
    )
    # None for a first question, which starts no conversation when it is refused.
    conversation: "models.ForeignKey[Conversation | None, Conversation | None]" = models.ForeignKey(
        "messaging.Conversation",
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("conversation"),
    )
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # the constraint begins with it
        verbose_name=_("sender"),
    )
    client_id = models.UUIDField(_("client ID"))
    kind = models.CharField(_("kind"), max_length=REASON_MAX_CHARACTERS)
    outcome = models.CharField(_("outcome"), max_length=7, choices=Outcome)
    created_at = models.DateTimeField(_("created"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["sender", "client_id", "rule"], name="one_objection_per_message_and_rule"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"
