"""Reports to staff."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trato.fields import MultilineTextField


class Report(models.Model):
    """A report from one side of a conversation about a message of the other."""

    class Reason(models.TextChoices):
        SCAM = "scam", _("Scam or fraud")
        OFF_PLATFORM = "off_platform", _("Wants to pay or talk elsewhere")
        ABUSE = "abuse", _("Insults or threats")
        SPAM = "spam", _("Spam or advertising")
        OTHER = "other", _("Something else")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("Action taken")
        DISMISSED = "dismissed", _("No action")

    message = models.ForeignKey(
        "messaging.Message",
        on_delete=models.PROTECT,
        related_name="reports",
        verbose_name=_("message"),
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="filed_reports",
        verbose_name=_("reported by"),
    )
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    words = MultilineTextField(_("what happened? (optional)"), max_length=1000, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    outcome = models.CharField(
        _("outcome"), max_length=9, choices=Outcome, blank=True, editable=False
    )
    resolved_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="resolved_reports",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["message", "reporter"], name="one_report_per_message_and_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"
