"""Read what staff have written to both sides of a conversation."""

from messaging import queries
from messaging.models import Conversation, StaffMessage


def all_of(conversation: Conversation) -> list[StaffMessage]:
    """Return them, oldest first. Asks nothing where staff have never written."""
    if not conversation.has_staff_messages:
        return []
    return list(conversation.staff_messages.order_by("pk"))


def beside(conversation: Conversation, window: queries.Window) -> list[StaffMessage]:
    """Return those between the messages of a part of the conversation, before and after it too."""
    rows, messages = all_of(conversation), window.messages
    if rows and window.has_older:
        rows = [row for row in rows if row.created_at >= messages[0].created_at]
    if rows and window.has_newer:
        end = queries.time_of(conversation, messages[-1].sequence + 1)
        rows = [row for row in rows if end is None or row.created_at < end]
    return rows
