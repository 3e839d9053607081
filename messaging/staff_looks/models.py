"""The record that both sides see when staff looked into a conversation."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from messaging.models import Case, Conversation


class Look(models.Model):
    """A staff look into a conversation, as far as its sides may see it.

    It doesn't say who looked or what that person wrote, so no page can show it. The audit trail has
    both, in an entry that is stored together with this row.
    """

    class Why(models.TextChoices):
        """A reason for looking. A look for a case has the name of the case's `Case.Kind`.

        The wording is the same for reports and for other checks, so nobody can find out who
        reported.
        """

        REPORT = "report", _("To check whether our rules are kept")
        HELD = "held", _("To check whether our rules are kept")
        APPEAL = "appeal", _("Because of an appeal")
        RULE = "rule", _("To check whether our rules are kept")
        OWN = "own", _("To check whether our rules are kept")

    conversation: "models.ForeignKey[Conversation, Conversation]" = models.ForeignKey(
        "messaging.Conversation",
        on_delete=models.CASCADE,
        related_name="looks",
        db_index=False,  # the index below begins with this column
        verbose_name=_("conversation"),
    )
    # The look is shown once this case is closed and staff no longer keep it quiet.
    case: "models.ForeignKey[Case | None, Case | None]" = models.ForeignKey(
        "messaging.Case",
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("case"),
    )
    why = models.CharField(_("why"), max_length=6, choices=Why, default=Why.OWN)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("look")
        verbose_name_plural = _("looks")
        indexes = (
            models.Index(
                fields=["conversation", "-created_at", "-id"], name="looks_of_conversation"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"

    @classmethod
    def shown(cls) -> "models.QuerySet[Look]":
        """Return the looks that both sides may see now.

        Other looks are shown later: looks of the last `LOOKS_SHOWN_AFTER_HOURS`, looks for an open
        case, and looks for a case that staff keep quiet for longer.
        """
        now = timezone.now()
        is_over = Q(case__closed_at__isnull=False)
        is_told = Q(case__quiet_until=None) | Q(case__quiet_until__lte=now)
        waited = timedelta(hours=settings.LOOKS_SHOWN_AFTER_HOURS)
        return cls.objects.filter(Q(case=None) | (is_over & is_told), created_at__lte=now - waited)
