"""Schedules agree with a plain, slow reference and `opening-hours-py`, whatever clocks do."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from opening_hours import OpeningHours

from messaging.opening_hours.schedule import LOOK_AHEAD, MINUTES_PER_DAY, Schedule, Span, Week
from tests.whole import tries

MINUTE = timedelta(minutes=1)
# Clocks change by an hour, half an hour, at midnight, in the south, and not at all.
ZONES = (
    "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "America/Santiago",
    "Africa/Cairo", "Asia/Kolkata", "Pacific/Chatham", "UTC",
)  # fmt: skip
# Days on which one of them changes its clocks, in 2026.
CHANGES = (
    date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1), date(2026, 4, 5),
    date(2026, 10, 4), date(2026, 4, 24), date(2026, 10, 30), date(2026, 9, 6), date(2026, 9, 27),
)  # fmt: skip
OSM_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
OSM_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def open_by_the_clock(schedule: Schedule, at: datetime) -> bool:
    """The reference: look at the wall clock."""
    wall = at.astimezone(schedule.zone)
    minute = wall.hour * 60 + wall.minute
    today, yesterday = wall.date(), wall.date() - timedelta(days=1)
    return any(
        day not in schedule.days_off and any(start <= when < end for start, end in hours)
        for day, when in ((today, minute), (yesterday, minute + MINUTES_PER_DAY))
        for hours in [schedule.week[day.weekday()]]
    )


@some.composite
def weeks(draw: some.DrawFn, latest: int = 6 * 60) -> Week:
    """A week without overlaps; some hours end after midnight, some touch."""
    days = []
    for _ in range(7):
        cuts = draw(
            some.lists(some.integers(latest, MINUTES_PER_DAY + latest), max_size=6, unique=True)
        )
        cuts = sorted(cuts)[: len(cuts) // 2 * 2]
        spans = [Span(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=True)]
        days.append(tuple(span for span in spans if span.start < MINUTES_PER_DAY))
    return tuple(days)


near_changes = some.builds(
    lambda day, minutes: datetime(day.year, day.month, day.day, tzinfo=UTC) + minutes * MINUTE,
    some.sampled_from(CHANGES),
    some.integers(-2 * MINUTES_PER_DAY, 2 * MINUTES_PER_DAY),
)
zones = some.sampled_from(ZONES).map(ZoneInfo)
days_off = some.frozensets(
    some.builds(
        lambda day, after: day + timedelta(days=after),
        some.sampled_from(CHANGES),
        some.integers(-3, 3),
    ),
    max_size=4,
)
schedules = some.builds(Schedule, zone=zones, week=weeks(), days_off=days_off)


@settings(max_examples=tries(60))
@given(schedules, near_changes, some.integers(0, MINUTES_PER_DAY))
def test_it_equals_the_clock_on_the_wall_minute_by_minute(
    schedule: Schedule, start: datetime, minutes: int
) -> None:
    moments = [start + number * MINUTE for number in range(minutes)]
    by_clock = [open_by_the_clock(schedule, at) for at in moments]
    assert schedule.open_seconds(start, start + minutes * MINUTE) == 60 * sum(by_clock)
    assert [schedule.is_open(at) for at in moments[::7]] == by_clock[::7]
    if True in by_clock:
        assert schedule.next_opening(start) == moments[by_clock.index(True)]
    else:
        opening = schedule.next_opening(start)
        assert opening is None or opening >= start + minutes * MINUTE


@settings(max_examples=tries(60))
@given(schedules, near_changes, some.integers(1, 4 * MINUTES_PER_DAY))
def test_intervals_are_in_order_and_do_not_touch(
    schedule: Schedule, start: datetime, minutes: int
) -> None:
    end = start + minutes * MINUTE
    intervals = list(schedule.intervals(start, end))
    edges = [edge for interval in intervals for edge in interval]
    assert all(one < other for one, other in pairwise(edges))
    assert all(start <= edge <= end for edge in edges)
    for since, to in intervals:
        assert schedule.is_open(since)
        assert schedule.is_open(to - timedelta(seconds=1))
        assert to == end or not schedule.is_open(to)


def in_osm(schedule: Schedule) -> str:
    """Format a schedule as OpenStreetMap does.

    There, the hours of a day replace those that the night before would add to it, and a day off
    keeps its own hours after midnight. So each day is written with its own night, and with what the
    night before adds to it.
    """

    def hours(day: date) -> str:
        late, own = (
            () if one in schedule.days_off else schedule.week[one.weekday()]
            for one in (day - timedelta(days=1), day)
        )
        spans = [(0, end - MINUTES_PER_DAY) for _, end in late if end > MINUTES_PER_DAY]
        spans += [(start, min(end, MINUTES_PER_DAY)) for start, end in own]
        clock = [[f"{at // 60:02}:{at % 60:02}" for at in span] for span in spans]
        return ",".join(map("-".join, clock)) or "off"

    usual = date(2020, 1, 6)  # a Monday far from all days off
    rules = [f"{name} {hours(usual + timedelta(days=n))}" for n, name in enumerate(OSM_DAYS)]
    unusual = {day + timedelta(days=n) for day in schedule.days_off for n in (0, 1)}
    rules += [
        f"{day.year} {OSM_MONTHS[day.month - 1]} {day.day:02} {hours(day)}"
        for day in sorted(unusual)
    ]
    return "; ".join(rules)


@settings(max_examples=tries(200))
@given(schedules, near_changes)
def test_it_equals_opening_hours_py(schedule: Schedule, start: datetime) -> None:
    oracle = OpeningHours(in_osm(schedule), timezone=schedule.zone)
    for hours in range(48):
        at = start + hours * timedelta(minutes=37)
        assert schedule.is_open(at) == oracle.is_open(at.astimezone(schedule.zone)), at


UTC_ZONE = ZoneInfo("UTC")
MADRID = ZoneInfo("Europe/Madrid")
NIGHTS = Schedule(MADRID, ((), (), (), (), (), (Span(22 * 60, 26 * 60),), (Span(60, 240),)))


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 10, 18), 4 + 1),  # 22–2 and 1–4 overlap by an hour in this example
        (date(2026, 10, 25), 4 + 2),  # 2–3 comes twice
        (date(2026, 3, 29), 4 + 1),  # 2–3 is skipped
    ],
)
def test_hours_that_the_clock_skips_or_repeats_count_as_shown(day: date, hours: int) -> None:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=MADRID)
    seconds = NIGHTS.open_seconds(noon - timedelta(days=1), noon)
    reference = sum(
        open_by_the_clock(NIGHTS, noon.astimezone(UTC) - number * MINUTE)
        for number in range(1, 25 * 60)
    )
    assert seconds == reference * 60


def test_a_shop_without_hours_is_always_open() -> None:
    always = Schedule(MADRID)
    start = datetime(2026, 3, 28, 12, 0, 0, 1, tzinfo=UTC)
    assert always.is_open(start)
    assert always.next_opening(start) == start
    assert always.open_seconds(start, start + timedelta(days=3)) == 3 * 86400


def test_a_shop_that_never_opens_has_no_next_opening() -> None:
    never = Schedule(MADRID, ((),) * 7)
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert never.next_opening(start) is None
    assert never.open_seconds(start, start + LOOK_AHEAD) == 0


def test_a_day_off_keeps_the_end_of_the_night_before() -> None:
    late = Schedule(UTC_ZONE, ((Span(1200, 1560),),) * 7, frozenset({date(2026, 6, 2)}))
    assert late.is_open(datetime(2026, 6, 2, 1, 59, tzinfo=UTC))
    assert not late.is_open(datetime(2026, 6, 2, 21, tzinfo=UTC))
    assert not late.is_open(datetime(2026, 6, 3, 1, tzinfo=UTC))
    assert late.next_opening(datetime(2026, 6, 2, 2, tzinfo=UTC)) == datetime(
        2026, 6, 3, 20, tzinfo=UTC
    )
