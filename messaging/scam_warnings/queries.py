"""Queries for the warnings that a person has dismissed."""

from collections.abc import Iterable

from messaging.frames import ConversationState
from messaging.models import Conversation, DismissedWarning, Message
from trato.array_parameters import listed


def hide_dismissed(
    conversation: Conversation, messages: Iterable[Message], reader_id: int
) -> dict[int, str]:
    """Remove warnings from the messages of the reader's side, and those that the reader dismissed.

    Args:
        messages: with the warnings that `message_warnings` has found.

    Returns:
        See `dismissed`.
    """
    side = conversation.side_of(reader_id)
    warned = [message for message in messages if message.warnings]
    kinds = dismissed(conversation, [one.sequence for one in warned if one.side != side], reader_id)
    for message in warned:
        if message.side == side or kinds.get(message.sequence) == joined(message.warnings):
            message.warnings = ()
    return kinds


def add_dismissed(
    state: ConversationState, conversation: Conversation, reader_id: int
) -> ConversationState:
    """Add the warnings that the reader dismissed to a page of messages for a script; return it."""
    other = conversation.side_of(reader_id).other
    warned = [item.sequence for item in state.messages if item.warnings and item.side == other]
    state.dismissed = dismissed(conversation, warned, reader_id)
    return state


def dismissed(
    conversation: Conversation, sequences: Iterable[int], reader_id: int
) -> dict[int, str]:
    """Return the kinds of scam whose warnings a person dismissed, by sequence.

    Args:
        sequences: of messages with warnings. If there are none, no query is made.
    """
    sequences = list(sequences)
    if not sequences:
        return {}
    rows = DismissedWarning.objects.filter(
        message__conversation=conversation, message__sequence__in=listed(sequences), user=reader_id
    )
    return dict(rows.values_list("message__sequence", "kinds"))


def joined(kinds: Iterable[str]) -> str:
    """Join kinds of scam, in order; pages compare the result with the dismissed kinds."""
    return ",".join(kinds)
