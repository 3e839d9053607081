"""Cases for staff."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from messaging.models import Conversation

SUBJECT_MAX_CHARACTERS = 60


class Case(models.Model):
    """An item that staff have to decide on. The feature that raises it opens and closes it.

    `subject` names the item as the audit trail does, such as `message:12`. A second report of it is
    counted in the same case.
    """

    class Kind(models.TextChoices):
        REPORT = "report", pgettext_lazy("a case", "Report")  # elsewhere it is a verb
        HELD = "held", _("Held message")
        APPEAL = "appeal", _("Appeal")
        RULE = "rule", _("Shield rule")

    class Severity(models.IntegerChoices):
        LOW = 0, _("low")
        NORMAL = 1, _("normal")
        HIGH = 2, _("high")
        SEVERE = 3, _("severe")

    QUEUE = ("-severity", "opened_at", "pk")  # worst first, then oldest

    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    subject = models.CharField(_("about"), max_length=SUBJECT_MAX_CHARACTERS)
    conversation: "models.ForeignKey[Conversation | None, Conversation | None]" = models.ForeignKey(
        "messaging.Conversation",
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("conversation"),
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("person"),
    )
    severity = models.PositiveSmallIntegerField(
        _("severity"), choices=Severity, default=Severity.NORMAL
    )
    count = models.PositiveIntegerField(_("times"), default=1)
    opened_at = models.DateTimeField(_("open since"), default=timezone.now, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    # Until then, neither side sees that staff looked for this case, see `staff_looks`.
    quiet_until = models.DateTimeField(_("quiet until"), null=True, blank=True, editable=False)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        verbose_name=_("claimed by"),
    )
    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True, editable=False)

    # The time of the first claim, when somebody first looked at the case.
    seen_at = models.DateTimeField(_("first looked at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=models.Q(closed_at=None),
                name="one_open_case_per_thing",
            ),
        )
        indexes = (
            # For the figures of a month.
            models.Index(fields=["opened_at"], name="cases_by_opening"),
            models.Index(
                fields=["closed_at"],
                condition=models.Q(closed_at__isnull=False),
                name="cases_by_closing",
            ),
            # For the desk: worst first, then oldest.
            models.Index(
                fields=["-severity", "opened_at", "id"],
                condition=models.Q(closed_at=None),
                name="cases_open",
            ),
            models.Index(fields=["kind", "subject"], name="cases_of_thing"),
            models.Index(
                fields=["kind", "-severity", "opened_at", "id"],
                condition=models.Q(closed_at=None),
                name="cases_open_of_kind",
            ),
            models.Index(
                fields=["-severity", "opened_at", "id"],
                condition=models.Q(closed_at__isnull=False),
                name="cases_closed",
            ),
            models.Index(
                fields=["claimed_by"],
                condition=models.Q(claimed_by__isnull=False),
                name="cases_claimed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"
