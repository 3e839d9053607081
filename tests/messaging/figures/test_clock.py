"""The fair clock's rules, and the same histories with a plain, slow reference."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from messaging.figures.clock import Event, Kind, Wait, waits
from messaging.figures.hours import ago, usual_day
from messaging.opening_hours.schedule import Schedule, Span

MINUTE = timedelta(minutes=1)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


def schedule(
    zone: str, week: dict[int, tuple[int, int]], days_off: Iterable[date] = ()
) -> Schedule:
    """Return a schedule with one span on some weekdays, in minutes since midnight."""
    spans = tuple((Span(*week[day]),) if day in week else () for day in range(7))
    return Schedule(ZoneInfo(zone), spans, frozenset(days_off))


NINE_TO_FIVE = schedule("Europe/Madrid", dict.fromkeys(range(5), (9 * 60, 17 * 60)))


def event(minutes: int, kind: Kind, talk: int = 1, sequence: int = 0) -> Event:
    return Event(MONDAY + minutes * MINUTE, talk, sequence or minutes + 1, kind, person=7)


def spans(*events: Event) -> list[tuple[int, int | None]]:
    """Return the minutes of questions and answers."""

    def minutes(one: Event) -> int:
        return (one.at - MONDAY) // MINUTE

    return [
        (minutes(wait.asked), minutes(wait.answered) if wait.answered else None)
        for wait in waits(events)
    ]


def test_it_runs_from_the_first_question_to_the_first_answer() -> None:
    assert spans(
        event(0, Kind.ASKED),
        event(5, Kind.ASKED),
        event(9, Kind.ANSWERED),
        event(12, Kind.ANSWERED),
    ) == [(0, 9)]


def test_an_answer_in_another_conversation_counts() -> None:
    assert spans(
        event(0, Kind.ASKED, talk=1), event(5, Kind.ASKED, talk=2), event(9, Kind.ANSWERED, talk=2)
    ) == [(0, 9)]


def test_an_automatic_answer_neither_earns_nor_costs() -> None:
    without = [event(0, Kind.ASKED), event(60, Kind.ANSWERED)]
    assert spans(*without, event(1, Kind.AUTOMATIC)) == spans(*without) == [(0, 60)]


def test_a_thank_you_starts_no_wait_but_a_question_after_it_does() -> None:
    assert spans(event(0, Kind.THANKED)) == []
    assert spans(event(0, Kind.THANKED), event(3, Kind.ASKED)) == [(3, None)]


def test_what_was_settled_does_not_count_and_what_comes_later_does() -> None:
    asked, settled = event(0, Kind.ASKED, sequence=1), event(5, Kind.SETTLED, sequence=1)
    assert spans(asked, settled) == []
    later = (event(60, Kind.ASKED, sequence=2), event(70, Kind.ANSWERED, sequence=3))
    assert spans(asked, settled, *later) == [(60, 70)]


def test_settling_one_conversation_leaves_the_other_waiting() -> None:
    assert spans(
        event(0, Kind.ASKED, talk=1), event(2, Kind.ASKED, talk=2), event(5, Kind.SETTLED, talk=1)
    ) == [(2, None)]


def test_an_answer_to_nothing_is_no_sample() -> None:
    assert spans(event(0, Kind.ANSWERED), event(5, Kind.SETTLED)) == []


def test_weekends_don_t_count() -> None:
    friday = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)  # 16:30 in Madrid
    wait = Wait(
        Event(friday, 1, 1, Kind.ASKED), Event(friday + timedelta(days=3), 1, 2, Kind.ANSWERED)
    )
    assert wait.seconds(NINE_TO_FIVE, friday) == 30 * 60 + 7.5 * 3600


def test_a_day_is_as_long_as_the_shop_is_open() -> None:
    assert usual_day(NINE_TO_FIVE, MONDAY) == 8 * 3600
    assert usual_day(schedule("UTC", {}), MONDAY) == 24 * 3600


def test_the_time_so_many_open_hours_ago_is_found() -> None:
    monday_at_ten = datetime(2026, 11, 23, 9, tzinfo=UTC)
    found_at = ago(NINE_TO_FIVE, 2 * 3600, monday_at_ten, 30)
    friday_at_four = datetime(2026, 11, 20, 15, tzinfo=UTC)
    assert abs(found_at - friday_at_four) <= timedelta(seconds=1)
    assert ago(NINE_TO_FIVE, 10**9, monday_at_ten, 30) == monday_at_ten - timedelta(days=30)


# -- The reference ---------------------------------------------------------------------------

KINDS = st.sampled_from(Kind)
QUARTERS = st.integers(0, 4 * 24 * 14)  # two weeks in quarters of an hour
QUARTER_HOURS = st.integers(0, 24 * 4).map(lambda number: number * 15)
SPANS = st.tuples(QUARTER_HOURS, QUARTER_HOURS).filter(lambda span: span[0] < span[1])
# Clocks change within these weeks in most of the zones.
STARTS = st.sampled_from([datetime(2026, 3, 22, tzinfo=UTC), datetime(2026, 10, 20, tzinfo=UTC)])
ZONES = st.sampled_from(["Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"])


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Event], datetime]:
    start = draw(STARTS)
    quarters = draw(st.lists(QUARTERS, min_size=1, max_size=10, unique=True))
    events = [
        Event(
            start + quarter * 15 * MINUTE,
            draw(st.integers(1, 3)),
            number,
            draw(KINDS),
            draw(st.integers(1, 2)),
        )
        for number, quarter in enumerate(sorted(quarters), start=1)
    ]
    return events, start + timedelta(days=15)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    week = draw(st.dictionaries(st.integers(0, 6), SPANS))
    spring = st.dates(date(2026, 3, 20), date(2026, 4, 5))
    autumn = st.dates(date(2026, 10, 18), date(2026, 11, 5))
    return schedule(draw(ZONES), week, draw(st.lists(spring | autumn, max_size=3)))


def reference(events: list[Event], hours: Schedule, now: datetime) -> list[tuple[int, int]]:
    """Walk through time in steps of five minutes; return (question's sequence, open minutes)."""
    result: list[tuple[int, int]] = []
    waiting: list[Event] = []  # unanswered questions
    at, end, minutes = events[0].at, now, dict.fromkeys(range(len(events) + 1), 0)
    while at < end:
        for one in [one for one in events if one.at == at]:
            if one.kind is Kind.ASKED:
                waiting.append(one)
            elif one.kind is Kind.SETTLED:
                waiting = [other for other in waiting if other.conversation != one.conversation]
            elif one.kind is Kind.ANSWERED and waiting:
                result.append((waiting[0].sequence, minutes[waiting[0].sequence]))
                waiting = []
        if hours.is_open(at):
            for one in waiting:
                minutes[one.sequence] += 5
        at += 5 * MINUTE
    if waiting:
        result.append((waiting[0].sequence, minutes[waiting[0].sequence]))
    return result


@given(histories(), schedules(), st.randoms())
def test_it_equals_a_plain_and_slow_reference(
    history: tuple[list[Event], datetime], hours: Schedule, random: object
) -> None:
    events, now = history
    shuffled = list(events)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types it as object
    result = [(wait.asked.sequence, wait.seconds(hours, now) // 60) for wait in waits(shuffled)]
    assert result == reference(events, hours, now)
