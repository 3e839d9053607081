"""Temporary sanctions against people."""

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Sanction(models.Model):
    """A restriction that a decision imposes on a person.

    Each send compares the end of a mute or a limit with the time, so no job has to lift it. A
    suspended person's `is_active` is False (docs/decisions/0007-suspension-is-is-active.md), so a
    sweep has to end that.
    """

    class Kind(models.TextChoices):
        MUTE = "mute", _("muted")
        LIMIT = "limit", _("limited")
        SUSPENSION = "suspension", _("suspended")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # the index below begins with it
        verbose_name=_("person"),
    )
    decision = models.OneToOneField(
        "messaging.Decision",
        on_delete=models.PROTECT,
        related_name="sanction",
        verbose_name=_("decision"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    starts_at = models.DateTimeField(_("from"), default=timezone.now, editable=False)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True, help_text="Empty: for good.")
    lifted_at = models.DateTimeField(
        _("ended"),
        null=True,
        blank=True,
        editable=False,
        help_text="When it was overturned, or, for a suspension, when its time was over.",
    )

    class Meta:
        verbose_name = _("sanction")
        verbose_name_plural = _("sanctions")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="suspension") | Q(ends_at__isnull=False),
                name="only_suspensions_are_for_good",
            ),
        )
        # Each send reads this index, which is nearly empty, because few people have a sanction.
        indexes = (
            models.Index(
                fields=["person", "kind", "ends_at"],
                condition=Q(lifted_at__isnull=True),
                name="sanctions_in_force",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind}"

    @staticmethod
    def in_force(kind: str) -> "QuerySet[Sanction]":
        """Return the sanctions of a kind that hold now; `in_force_sql` is the same in SQL."""
        is_not_over = Q(ends_at=None) | Q(ends_at__gt=Now())
        return Sanction.objects.filter(is_not_over, kind=kind, lifted_at=None)


def in_force_sql(sanction: str) -> str:
    """Return `Sanction.in_force`, for any kind, as an SQL condition on a row with this alias."""
    return f"""({sanction}.lifted_at IS NULL
        AND ({sanction}.ends_at IS NULL OR {sanction}.ends_at > now()))"""
