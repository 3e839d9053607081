"""Times as the server formats them: in one form, with a time zone."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone, translation
from django.utils.formats import date_format, localize

from trato.templatetags.times import in_words, moment, weekday_and_day

AT = datetime(2026, 3, 4, 15, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        (None, "4 Mar 2026, 15:04 UTC"),
        ("Europe/Madrid", "4 Mar 2026, 16:04 CET"),
        ("Asia/Tokyo", "5 Mar 2026, 0:04 JST"),
        ("America/Sao_Paulo", "4 Mar 2026, 12:04 UTC-03"),  # a zone without a name
    ],
)
def test_a_time_says_its_zone(zone: str | None, text: str) -> None:
    with timezone.override(zone):
        assert in_words(AT) == text


@pytest.mark.parametrize("language", ["en", "es"])
def test_hours_have_no_leading_zero_in_any_form(language: str) -> None:
    early = AT.replace(hour=9)
    with translation.override(language):
        assert ">9:04 UTC<" in moment(early, "time")
        assert localize(early).endswith(" 9:04")
        assert localize(early.time()) == "9:04"
        assert date_format(early, "SHORT_DATETIME_FORMAT").endswith(" 9:04")


def test_every_language_has_the_same_form() -> None:
    with translation.override("es"):
        assert in_words(AT) == "4 mar 2026, 15:04 UTC"


def test_a_day_with_its_weekday_begins_with_it() -> None:
    assert weekday_and_day(AT.date()) == "Wednesday, 4 March 2026"
    with translation.override("es"):
        assert weekday_and_day(AT.date()) == "miércoles, 4 de marzo de 2026"


@pytest.mark.parametrize(
    ("now", "text"),
    [
        ("2026-03-04T22:00Z", "15:04 UTC"),
        ("2026-03-05T01:00Z", "4 Mar"),
        ("2027-01-01T01:00Z", "4 Mar 2026"),
    ],
)
def test_a_list_shows_times_as_short_as_its_script_does(now: str, text: str) -> None:
    with time_machine.travel(now, tick=False):
        assert f">{text}</time>" in moment(AT, "short")


def test_scripts_are_given_the_moment_itself() -> None:
    iso = 'datetime="2026-03-04T15:04:30+00:00"'
    assert moment(AT, "when") == f'<time class="" {iso} data-local="when">{in_words(AT)}</time>'
    assert moment(AT, "time") == f'<time class="" {iso} data-local="time">15:04 UTC</time>'
    assert moment(AT, "day", "a b") == f'<time class="a b" {iso} data-local="day">4 Mar 2026</time>'
    assert moment(None, "time") == '<time class="" datetime="" data-local="time"></time>'
