"""Dry runs of rules."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.rules.models import ShieldRule


class DryRun(models.Model):
    """A dry run: the effects that a rule would have had on past messages, in numbers.

    `values` is a copy of the rule's fields, so that staff can try a change before they save it.
    The run reads messages in the order of their keys, from `first` to `last`; `place` is how far
    it has got.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Under way")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Failed")

    # None if the rule was not saved yet.
    rule = models.ForeignKey(
        ShieldRule,
        on_delete=models.CASCADE,
        related_name="dry_runs",
        null=True,
        blank=True,
        verbose_name=_("rule"),
    )
    values = models.JSONField(_("the rule as it was tried"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("asked by"),
    )
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    since = models.DateTimeField(_("messages since"), editable=False)
    first = models.PositiveBigIntegerField(default=0, editable=False)
    last = models.PositiveBigIntegerField(null=True, default=None, editable=False)
    place = models.PositiveBigIntegerField(default=0, editable=False)
    looked = models.PositiveBigIntegerField(_("messages"), default=0, editable=False)
    hits = models.PositiveBigIntegerField(_("hits"), default=0, editable=False)
    hit_counts = models.JSONField(default=dict, editable=False)  # see `hit_counts.HitCounts`
    token = models.UUIDField(default=uuid.uuid4, editable=False)  # of the claim
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # Until when a process works on it, or when a process may try again.
    free_at = models.DateTimeField(_("free from"), default=timezone.now, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("finished"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("dry run of a rule")
        verbose_name_plural = _("dry runs of rules")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["asked_by"],
                condition=models.Q(state="waiting"),
                name="one_waiting_dry_run_per_person",
            ),
        )
        indexes = (
            models.Index(
                fields=["free_at"], condition=models.Q(state="waiting"), name="dry_runs_waiting"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def tried(self) -> ShieldRule:
        """The rule being tried. Don't save it."""
        return ShieldRule(pk=self.rule_id, **self.values)

    @property
    def percent(self) -> int:
        """The run's progress in percent."""
        if self.state == self.State.DONE:
            return 100
        if self.last is None:
            return 0
        return min(99, 100 * (self.place - self.first) // max(self.last - self.first, 1))

    @property
    def audited_as(self) -> str:
        return f"dryrun:{self.pk}"
