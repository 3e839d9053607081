"""Appeals against staff decisions."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trato.fields import MultilineTextField


class Appeal(models.Model):
    """The only appeal against a decision. Somebody who didn't make the decision decides it."""

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("Decision upheld")
        OVERTURNED = "overturned", _("Decision overturned")

    decision = models.OneToOneField(
        "messaging.Decision",
        on_delete=models.PROTECT,
        related_name="appeal",
        verbose_name=_("decision"),
    )
    words = MultilineTextField(_("why the decision is wrong"), max_length=2000)
    created_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=Outcome, blank=True, editable=False
    )
    answer = MultilineTextField(_("answer to the person"), max_length=2000, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ("created_at", "pk")
        # Upholding requires an answer.
        constraints = (
            models.CheckConstraint(
                condition=~Q(outcome="upheld") | ~Q(answer=""), name="upheld_appeals_have_words"
            ),
        )
        permissions = (("decide_appeal", "Can decide appeals"),)

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def subject(self) -> str:
        """The appeal's name in the audit trail and in cases."""
        return subject_of(self.pk)


def subject_of(appeal_id: int) -> str:
    """Return an appeal's name in the audit trail and in cases."""
    return f"appeal:{appeal_id}"
