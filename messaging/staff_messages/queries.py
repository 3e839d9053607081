"""Read what staff have written to both sides of a conversation."""

from messaging import queries
from messaging.models import Conversation, StaffMessage


def beside(conversation: Conversation, window: queries.Window) -> list[StaffMessage]:
    """Return those between the messages of a part of the conversation, before and after it too."""
    rows, messages = queries.messages_of_staff(conversation), window.messages
    if rows and window.has_older:
        rows = [row for row in rows if row.created_at >= messages[0].created_at]
    if rows and window.has_newer:
        end = queries.time_of(conversation, messages[-1].sequence + 1)
        rows = [row for row in rows if end is None or row.created_at < end]
    return rows
