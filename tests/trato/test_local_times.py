"""Times as people type them, in zones that skip and repeat hours."""

import contextlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trato.errors import Refused
from trato.local_times import parse_local

ZONES = ("Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")


@given(
    st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1)),
    st.sampled_from(ZONES),
)
def test_every_instant_comes_back_or_its_hour_comes_twice(time: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    instant = time.replace(second=0, microsecond=0, tzinfo=UTC)
    local = instant.astimezone(zone)
    offsets = {local.replace(fold=fold).utcoffset() for fold in (0, 1)}
    try:
        assert parse_local(f"{local:%Y-%m-%dT%H:%M}", zone) == instant
    except Refused:
        assert len(offsets) == 2
    else:
        assert len(offsets) == 1
    assert parse_local(instant.astimezone(zone).isoformat(), ZoneInfo("Asia/Tokyo")) == instant


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    with contextlib.suppress(Refused):
        assert parse_local(text, ZoneInfo("Europe/Madrid")).tzinfo is UTC


@pytest.mark.parametrize("text", ["2027-03-28T02:00", "2027-03-28T02:59"])
def test_an_hour_that_clocks_skip_does_not_exist(text: str) -> None:
    with pytest.raises(Refused, match="invalid"):
        parse_local(text, ZoneInfo("Europe/Madrid"))
    assert parse_local(text, ZoneInfo("UTC")).tzinfo is UTC
