"""The rules for whose turn it is after one message; `sql` has the rules for a batch."""

from dataclasses import dataclass
from datetime import datetime

from messaging.sides import Side


@dataclass(frozen=True)
class Turn:
    """The side that a conversation waits for, and since when.

    Args:
        side: empty if the conversation is settled.
        since: the time of the first unanswered message; None if the conversation is settled.
    """

    side: str = ""
    since: datetime | None = None


def after_message(turn: Turn, side: Side, at: datetime) -> Turn:
    """Return whose turn it is after a message from one side.

    A second message from the same side leaves the time as it is: people have waited since their
    first one.
    """
    if turn.side == side.other.value:
        return turn
    return Turn(side.other.value, at)
