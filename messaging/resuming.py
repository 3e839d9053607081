"""Load what a client gets when it opens a conversation, or resumes it from a revision."""

from trato.people import Person

from . import frames, queries
from .models import Conversation
from .nudges import queries as nudges
from .scam_warnings.queries import add_dismissed
from .staff_messages.frames import add_to as add_staff_messages


def state_of(conversation: Conversation, since: int, user: Person) -> frames.ConversationState:
    """Return what changed for a person after a revision; for 0, the end of the conversation."""
    messages, more = (
        queries.messages_since(conversation, since)
        if since
        else queries.latest_messages(conversation)[:2]
    )
    marks = queries.read_marks(conversation, user)
    state = frames.page(
        conversation,
        messages,
        more=more,
        read=marks,
        blocked=conversation.is_blocked_by(conversation.side_of(user.pk)),
        nudged=nudges.holding(conversation, messages),
        resuming=bool(since),
    )
    return add_staff_messages(add_dismissed(state, conversation, user.pk), conversation)
