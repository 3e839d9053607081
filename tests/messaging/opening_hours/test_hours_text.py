"""Hours as people type them."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as some

from messaging.opening_hours.hours_text import format_hours, parse_hours
from messaging.opening_hours.schedule import Span


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("9:00–13:00, 16:00–20:00", [(540, 780), (960, 1200)]),
        ("16-20; 9-13", [(540, 780), (960, 1200)]),
        ("9.30 - 14.00", [(570, 840)]),
        ("9h-14h30", [(540, 870)]),
        ("de 9", None),
        ("9 am to 5:30 pm", [(540, 1050)]),
        ("9:00 a. m. – 1:00 p. m.", [(540, 780)]),
        ("9 a 14 y 16 a 20", [(540, 840), (960, 1200)]),
        ("0:00-24:00", [(0, 1440)]),
        ("18:00–2:00", [(1080, 1560)]),
        ("18:00–0:00", [(1080, 1440)]),
        ("9-0", [(540, 1440)]),
        ("5–13", [(300, 780)]),
        ("7-11", [(420, 660)]),
        ("9am-5am", [(540, 1740)]),
        ("9:00–5:00 a. m.", [(540, 1740)]),
        ("1pm-5pm", [(780, 1020)]),
        ("5:00 am–11:00", [(300, 660)]),
        ("closed", []),
        ("Cerrado", []),
        (" ", []),
    ],
)
def test_hours_are_read_as_people_write_them(
    text: str, hours: list[tuple[int, int]] | None
) -> None:
    if hours is None:
        with pytest.raises(ValidationError):
            parse_hours(text)
    else:
        assert parse_hours(text) == tuple(Span(*one) for one in hours)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("25:00–26:00", "There is no time 25:00."),
        ("9:60-10:00", "There is no time 9:60."),
        ("24:01-3:00", "There is no time 24:01."),
        ("13 pm - 14 pm", "There is no time 13 pm."),
        ("17:00-9:00", "17:00-9:00 ends before it starts."),
        ("9:00-9:00", "9:00-9:00 ends before it starts."),
        ("9-13, 12-15", "9:00–13:00 and 12:00–15:00 overlap."),
        ("9-13, 9-13", "overlap"),
        ("24:00-2:00", "next day"),
        ("9-5", "“9-5” can be read in two ways."),
        ("9:00–5:00", "Write it like 9:00–17:00, or with am and pm."),
        ("10-1, 16-20", "“10-1” can be read"),
        ("12-5", "“12-5” can be read"),
        ("4-8", "“4-8” can be read"),
        ("9am-5", "“9am-5” can be read"),
        ("1-5pm", "“1-5pm” can be read"),
        ("9 a 6", "“9 a 6” can be read"),
        ("nine to five", "We don't understand “nine to five”."),
        ("x" * 5000, f"We don't understand “{'x' * 39}…”."),
        ("9-13,", "We don't understand “”."),
        ("٩-١٣", "We don't understand"),
        ("9:00", "We don't understand “9:00”."),
        (",".join(f"{hour}:00-{hour}:30" for hour in range(7, 20)), "At most"),
    ],
)
def test_nonsense_is_refused_in_words(text: str, complaint: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        parse_hours(text)
    assert complaint in refusal.value.messages[0]


@given(
    some.lists(some.integers(0, 1440), min_size=2, max_size=8, unique=True).map(
        lambda cuts: sorted(cuts)[: len(cuts) // 2 * 2]
    ),
    some.booleans(),
)
def test_what_is_written_is_read_again(cuts: list[int], late: bool) -> None:
    spans = [Span(*pair) for pair in zip(cuts[::2], cuts[1::2], strict=True)]
    if late and spans[-1].start > 360:
        spans[-1] = spans[-1]._replace(end=1440 + 90)
    assert parse_hours(format_hours(tuple(spans))) == tuple(spans)


@given(some.text(max_size=60) | some.text("0123456789:-–,. hapm", max_size=40))
def test_any_text_is_hours_or_refused(text: str) -> None:
    try:
        spans = parse_hours(text)
    except ValidationError:
        return
    assert all(0 <= start < end <= 1440 + 360 for start, end in spans)
