"""Staff decisions about people and what they wrote, with their reasons."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.fields import HostForeignKey
from messaging.held.models import REASON_MAX_CHARACTERS
from trato.fields import MultilineTextField


class Decision(models.Model):
    """A decision with its statement of reasons: the fields of art. 17(3) of the DSA.

    It never changes once it is stored, except that it can be overturned. The person reads all of it
    but `decided_by`. A decision about a product is stored for each owner of its shop.
    """

    class Measure(models.TextChoices):
        REMOVE = "remove", _("Remove the message")
        REJECT = "reject", _("Don't deliver the message")
        CLOSE = "close", _("Close the conversation")
        HIDE = "hide", _("Take the product off sale")
        WARN = "warn", _("Warn the person")
        LIMIT = "limit", _("Limit the person")
        MUTE = "mute", _("Mute the person")
        SUSPEND = "suspend", _("Suspend the account")
        DISMISS = "dismiss", _("No action")

    class Source(models.TextChoices):
        REPORT = "report", _("Report")
        LOOK = "look", _("Staff's own look")
        RULE = "rule", _("Automatic rule")

    class Ground(models.TextChoices):
        TERMS = "terms", _("Against our rules")
        LAW = "law", _("Illegal content")

    class Scope(models.TextChoices):
        MESSAGE = "message", _("This message")
        CONVERSATION = "conversation", _("This conversation")
        PRODUCT = "product", _("This product")
        ACCOUNT = "account", _("The whole account, everywhere on the site")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # the index below begins with it
        verbose_name=_("person"),
    )
    message = models.ForeignKey(
        "messaging.Message",
        on_delete=models.PROTECT,
        related_name="decisions",
        null=True,
        blank=True,
        verbose_name=_("message"),
    )
    conversation = models.ForeignKey(
        "messaging.Conversation",
        on_delete=models.PROTECT,
        related_name="decisions",
        null=True,
        blank=True,
        verbose_name=_("conversation"),
    )
    held = models.ForeignKey(
        "messaging.HeldMessage",
        on_delete=models.SET_NULL,
        related_name="decisions",
        null=True,
        blank=True,
        verbose_name=_("held message"),
        help_text="Empty once it is deleted.",
    )
    product = HostForeignKey(
        settings.MESSAGING_PRODUCT_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("product"),
    )
    report = models.ForeignKey(
        "messaging.Report",
        on_delete=models.PROTECT,
        related_name="decisions",
        null=True,
        blank=True,
        verbose_name=_("report"),
    )
    measure = models.CharField(_("measure"), max_length=8, choices=Measure)
    scope = models.CharField(_("scope"), max_length=12, choices=Scope)
    starts_at = models.DateTimeField(_("from"), default=timezone.now, editable=False)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True, help_text="Empty: for good.")
    facts = MultilineTextField(_("facts and circumstances"), max_length=2000)
    source = models.CharField(_("source"), max_length=6, choices=Source)
    rule = models.CharField(
        _("automatic rule"),
        max_length=REASON_MAX_CHARACTERS,
        blank=True,
        db_default="",
        help_text="The name of the shield rule that found it, if one did.",
    )
    is_found_automatically = models.BooleanField(_("found automatically"), default=False)
    is_decided_automatically = models.BooleanField(_("decided automatically"), default=False)
    ground = models.CharField(_("ground"), max_length=5, choices=Ground, blank=True)
    clause = models.CharField(_("rule or law"), max_length=200, blank=True)
    explanation = MultilineTextField(_("why it applies"), max_length=2000, blank=True)
    appeal_until = models.DateTimeField(
        _("appeal until"), null=True, blank=True, help_text="Empty: nothing to appeal against."
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("decided by"),
    )
    created_at = models.DateTimeField(_("decided"), default=timezone.now, editable=False)
    overturned_at = models.DateTimeField(_("overturned"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=["person", "-created_at"], name="decisions_of_person"),
            models.Index(fields=["created_at"], name="decisions_by_time"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(measure="dismiss")
                | (~Q(facts="") & ~Q(ground="") & ~Q(clause="") & ~Q(explanation="")),
                name="decisions_have_reasons",
            ),
        )
        permissions = (("make_decision", "Can decide about people and messages"),)

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def is_in_force(self) -> bool:
        """Whether it still has an effect; a suspension has none once the account is restored."""
        is_over = self.ends_at is not None and self.ends_at <= timezone.now()
        is_restored = self.measure == self.Measure.SUSPEND and self.person.is_active
        return self.overturned_at is None and not is_over and not is_restored

    def may_be_appealed(self, now: datetime) -> bool:
        """Whether the person may appeal at the given time, if there is no appeal yet."""
        is_open = self.appeal_until is not None and now < self.appeal_until
        return is_open and self.overturned_at is None
