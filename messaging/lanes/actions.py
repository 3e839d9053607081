"""Change whose turn it is, inside the transaction of an act."""

from collections.abc import Callable, Iterable

from messaging import events
from messaging.models import Conversation, Settlement
from messaging.sides import Side

from . import store
from .turns import Turn


def move(
    conversations: Iterable[Conversation], turn_of: Callable[[Conversation], Turn]
) -> list[Conversation]:
    """Give conversations another turn.

    Args:
        conversations: locked, in the order of their keys. Those without messages, and those whose
            turn stays the same, are left alone.

    Returns:
        Those that changed. Both sides are told on commit.
    """
    changed, changes, settled = [], [], []
    for row in conversations:
        turn = turn_of(row)
        if row.last_sequence and row.turn != turn.side:
            changes.append((row.shop_id, row.turn, str(turn.side)))
            if not turn.side and row.turn == Side.SELLER:
                settled.append(Settlement(conversation=row, sequence=row.last_sequence))
            elif turn.side == Side.SELLER and _is_restored(turn, row):
                settled.append(
                    Settlement(conversation=row, sequence=row.last_sequence, is_undone=True)
                )
            row.turn, row.waiting_since = str(turn.side), turn.since
            changed.append(row)
    if changed:
        Conversation.objects.bulk_update(changed, ["turn", "waiting_since"], batch_size=500)
        store.enter(changed)
        store.count(changes)
        # Without an answer by the shop, which doesn't count in its figures.
        Settlement.objects.bulk_create(settled)
        events.inbox_changed(changed)
    return changed


def _is_restored(turn: Turn, row: Conversation) -> bool:
    """Whether a conversation waits again since a message, and not since it was reopened."""
    asked = row.last_message_at
    return turn.since is not None and asked is not None and turn.since <= asked
