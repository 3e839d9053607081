"""The day that a reader wants to go to."""

from datetime import date

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from messaging.models import Conversation
from trato.errors import Refused

from . import queries


def place_of_day(conversation: Conversation, text: str) -> int:
    """Return the sequence of the first message on or after a day, such as `2026-11-30`.

    Raises:
        Refused: `invalid` if the text isn't a day, or nothing has been written since.
    """
    sequence = queries.first_since(conversation, _day(text.strip()))
    if sequence is None:
        raise Refused("invalid", _("Nothing has been written since that day."))
    return sequence


def _day(text: str) -> date:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not 1 < day.year < 9999:  # time zones may move it beyond the calendar
        raise Refused(
            "invalid", _("That's not a day. Write it as year-month-day, such as 2026-11-30.")
        )
    return day
