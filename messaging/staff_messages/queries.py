"""Read what staff have written to both sides of a conversation."""

from messaging import queries
from messaging.models import STAFF_MESSAGE_KIND, Conversation, StaffMessage
from notifications.queries import has_unread
from trato.people import Person


def beside(conversation: Conversation, window: queries.Window) -> list[StaffMessage]:
    """Return the staff messages in a part of a conversation.

    The first part also has those before it, and the last part those after it.
    """
    rows, messages = queries.messages_of_staff(conversation), window.messages
    if rows and window.has_older:
        rows = [row for row in rows if row.created_at >= messages[0].created_at]
    if rows and window.has_newer:
        end = queries.time_of(conversation, messages[-1].sequence + 1)
        rows = [row for row in rows if end is None or row.created_at < end]
    return rows


def any_unread(person: Person, rows: list[StaffMessage]) -> bool:
    """Whether a person has an unread notice about any of the messages."""
    keys = [row.pk for row in rows if not row.is_taken_back]
    return bool(keys) and has_unread(person.pk, STAFF_MESSAGE_KIND, keys)
