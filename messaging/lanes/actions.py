"""Change whose turn it is. Each function is one decision and one transaction."""

from collections.abc import Callable, Iterable

from django.db import transaction

from messaging import access, events
from messaging.models import Conversation, Settlement
from messaging.sides import Side
from trato.clock import database_now
from trato.people import Person

from . import store
from .turns import Turn


@transaction.atomic
def settle(actor: Person, conversation_id: int) -> bool:
    """Say that a conversation needs no reply. A new message reopens it.

    Returns:
        Whether it waited for somebody.

    Raises:
        Http404: the conversation doesn't exist, or the actor takes no part in it.
    """
    conversation = access.conversation_for(actor, conversation_id, lock=True)
    return bool(move([conversation], lambda _row: Turn()))


@transaction.atomic
def reopen(actor: Person, conversation_id: int) -> bool:
    """Let a settled conversation wait for the actor's side, from now on.

    Returns:
        Whether it was settled.

    Raises:
        Http404: as for `settle`.
    """
    conversation = access.conversation_for(actor, conversation_id, lock=True)
    now = Turn(conversation.side_of(actor.pk), database_now())
    return not conversation.turn and bool(move([conversation], lambda _row: now))


def move(
    conversations: Iterable[Conversation], turn_of: Callable[[Conversation], Turn]
) -> list[Conversation]:
    """Give conversations another turn, inside the transaction of an act.

    Args:
        conversations: locked, in the order of their keys. Those without messages, and those whose
            turn stays the same, are left alone.

    Returns:
        Those that changed. Both sides hear of them on commit.
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
