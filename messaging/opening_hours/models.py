"""A shop's opening hours."""

from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.fields import HostForeignKey
from messaging.host import host

from .schedule import ALWAYS, Schedule, Span, Week


class OpeningHours(models.Model):
    """A shop's hours and days off, in one row, because pages need all of them together."""

    shop = HostForeignKey(
        settings.MESSAGING_SHOP_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        verbose_name=_("shop"),
    )
    week = models.JSONField(
        _("week"),
        default=list,
        blank=True,
        help_text="From Monday: lists of [start, end] in minutes since midnight; empty: always.",
    )
    days_off = models.JSONField(
        _("days off"), default=dict, blank=True, help_text="Names by ISO date."
    )
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        constraints = (models.UniqueConstraint(fields=["shop"], name="one_row_of_hours_per_shop"),)

    def __str__(self) -> str:
        return f"{self.shop_id}"

    @property
    def spans(self) -> Week:
        """The hours of each weekday; seven empty days if the shop has none."""
        days = self.week or [[]] * 7
        return tuple(tuple(Span(*span) for span in spans) for spans in days)

    @property
    def is_always(self) -> bool:
        """Whether the shop is always open."""
        return not (self.week or self.days_off)

    @property
    def schedule(self) -> Schedule:
        """The shop's schedule; its time zone takes a query unless the shop is loaded."""
        return Schedule(
            ZoneInfo(host.shop_time_zone(self.shop)),
            self.spans if self.week else ALWAYS,
            frozenset(map(date.fromisoformat, self.days_off)),
        )
