"""Counts of finished months, which stay when the rows behind them are erased."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ModerationMonth(models.Model):
    """The counts of one finished month in the site's time zone. It never changes."""

    month = models.DateField(_("month"), unique=True, help_text="Its first day.")
    figures = models.JSONField(_("figures"), help_text="Name of a count → number.")

    class Meta:
        verbose_name = _("month of moderation")
        verbose_name_plural = _("figures of moderation")
        ordering = ("-month",)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
