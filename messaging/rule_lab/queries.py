"""Queries for a dry run's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from messaging.models import DryRun, Message, ShieldRule, Side
from trato.array_parameters import listed
from trato.audit.models import AuditEntry
from trato.people import Person

from .hit_counts import HitCounts


@dataclass(frozen=True)
class Bar:
    """A bar of a histogram.

    Args:
        people: how many people sent them; None if they aren't counted.
        is_stopped: whether the rule would have stopped these messages.
    """

    label: Any
    count: int
    people: int | None = None
    is_stopped: bool = True


@dataclass(frozen=True)
class Findings:
    """The counts of a finished run."""

    people: int
    conversations: int
    is_more: bool
    sides: list[Bar]
    ages: list[Bar]
    days: list[Bar]
    overlaps: list[Bar]
    without_overlap: int
    samples: int

    @property
    def most_of_a_day(self) -> int:
        return max((bar.count for bar in self.days), default=1)

    @property
    def most_of_an_age(self) -> int:
        return max((bar.count for bar in self.ages), default=1) or 1


def findings_of(run: DryRun) -> Findings | None:
    """Return the counts of a run; None before it is done."""
    if run.state != DryRun.State.DONE:
        return None
    counts = msgspec.convert(run.hit_counts, HitCounts)
    numbers = counts.numbers
    most = settings.RULE_LAB_NAMED_MAX
    return Findings(
        people=numbers["people"],
        conversations=numbers["conversations"],
        is_more=max(numbers.values()) >= most,
        sides=[
            Bar(label, counts.sides[side], numbers.get(side, 0))
            for side, label in Side.choices
            if side in counts.sides
        ],
        ages=_ages(run.tried, counts),
        days=_days(run, counts),
        overlaps=[
            Bar(name, count)
            for name, count in sorted(counts.overlaps.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
        without_overlap=counts.hits - counts.overlapping,
        samples=len(counts.samples),
    )


def _ages(rule: ShieldRule, counts: HitCounts) -> list[Bar]:
    """Return the hits by the age of the account, including accounts too old for the rule."""
    is_for_new = rule.relationship == ShieldRule.Relationship.NEW_ACCOUNT
    bars, low = [], 0
    for place, limit in enumerate(counts.limits):
        label = _("%(low)s to %(high)s days") % {"low": low, "high": limit}
        is_stopped = not is_for_new or limit <= (rule.account_days or 0)
        bars.append(Bar(label, counts.ages[place], counts.people_ages[place], is_stopped))
        low = limit
    last, unknown = counts.ages[-2:]
    label = _("%(low)s days and more") % {"low": low}
    bars.append(Bar(label, last, counts.people_ages[-2], not is_for_new))
    if unknown:
        bars.append(Bar(_("unknown"), unknown, counts.people_ages[-1], not is_for_new))
    return bars


def _days(run: DryRun, counts: HitCounts) -> list[Bar]:
    first = run.since.date()
    days = [first + timedelta(days=n) for n in range((run.created_at.date() - first).days + 1)]
    return [Bar(day, counts.days.get(day.isoformat(), 0)) for day in days]


def sample_keys(run: DryRun) -> list[int]:
    """Return the keys of a run's random sample of messages."""
    return [key for _rank, key in run.hit_counts.get("samples", ())]


def conversations_of(run: DryRun) -> list[int]:
    """Return the conversations of a run's samples, in the order in which to lock them."""
    rows = Message.objects.filter(pk__in=listed(sample_keys(run)), withdrawn_at=None).order_by()
    return sorted(set(rows.values_list("conversation_id", flat=True)))


def samples_for(actor: Person, run: DryRun) -> Sequence[Message]:
    """Return the samples that a person may read after a recorded look in the last minutes."""
    subjects = {f"conversation:{key}": key for key in conversations_of(run)}
    since = timezone.now() - timedelta(minutes=settings.STAFF_LOOK_MINUTES)
    looks = AuditEntry.objects.filter(
        verb="conversation.looked",
        subject__in=[*subjects],
        actor_id=actor.pk,
        created_at__gt=since,
    )
    seen = {subjects[subject] for subject in looks.values_list("subject", flat=True)}
    rows = Message.objects.filter(
        pk__in=listed(sample_keys(run)), conversation__in=listed(seen), withdrawn_at=None
    )
    return list(rows.select_related("sender").order_by("pk"))
