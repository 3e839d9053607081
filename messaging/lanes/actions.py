"""Change whose turn it is, inside the caller's transaction."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db.models import QuerySet

from messaging import events
from messaging.models import NOT_HIDDEN, Conversation, Message, Settlement
from messaging.sides import Side

from . import orm
from .turns import Turn


def move(
    conversations: Iterable[Conversation], turn_of: Callable[[Conversation], Turn]
) -> list[Conversation]:
    """Change the turn of conversations.

    Args:
        conversations: locked, in the order of their keys. Those without messages, or whose turn
            stays the same, are left alone.

    Returns:
        The changed conversations. Both sides get an event on commit.
    """
    changed, changes, settled = [], [], []
    for row in conversations:
        turn = turn_of(row)
        if row.last_sequence and row.turn != turn.side:
            changes.append((row.shop_id, row.turn, str(turn.side)))
            if not turn.side or _is_restored(turn, row):
                settled.append(
                    Settlement(
                        conversation=row,
                        sequence=row.last_sequence,
                        turn=row.turn or turn.side,
                        is_undone=bool(turn.side),
                    )
                )
            row.turn, row.waiting_since = str(turn.side), turn.since
            changed.append(row)
    if changed:
        Conversation.objects.bulk_update(changed, ["turn", "waiting_since"], batch_size=500)
        orm.enter(changed)
        orm.count(changes)
        Settlement.objects.bulk_create(settled)
        events.inbox_changed(changed)
    return changed


def unsay(message: Message) -> None:
    """Give a conversation the turn it would have without a message that was just hidden.

    Nobody has to answer what they can't read, and a side that withdraws its answer owes it again.
    The turn stays if the conversation doesn't wait for the other side, has waited since another
    message, or has a turn that somebody chose by hand.

    Args:
        message: with its conversation, which the caller has locked.
    """
    conversation: Conversation = message.conversation
    side, since = Side(message.side), conversation.waiting_since
    if message.is_automatic or conversation.turn != side.other or since is None:
        return
    said = conversation.messages.filter(is_automatic=False)
    shown = said.filter(**NOT_HIDDEN)
    answered = shown.filter(side=side.other).order_by("-sequence").first()
    run = said.filter(side=side, sequence__gt=answered.sequence if answered else 0)
    if not run.filter(created_at=since).exists():
        return  # it was reopened by hand
    rest = run.filter(created_at__gte=since, **NOT_HIDDEN).order_by("sequence").first()
    turn = (
        Turn(str(side.other), rest.created_at)
        if rest
        else _turn_at(conversation, shown, _settled_at(conversation))
    )
    if turn != Turn(conversation.turn, since):
        _give(conversation, turn)


def say_again(message: Message) -> None:
    """Undo `unsay`, because the message is shown again. A turn that has changed since then stays.

    Args:
        message: with its conversation, which the caller has locked.
    """
    conversation: Conversation = message.conversation
    if message.is_automatic:
        return
    shown = conversation.messages.filter(is_automatic=False, **NOT_HIDDEN)
    settled = _settled_at(conversation)
    without = _turn_at(conversation, shown.exclude(pk=message.pk), settled)
    turn = _turn_at(conversation, shown, settled)
    if Turn(conversation.turn, conversation.waiting_since) == without != turn:
        _give(conversation, turn)


def reopen(conversation: Conversation, closed_at: datetime) -> None:
    """Give a locked conversation the turn it had before closing settled it."""
    rows = conversation.settlements.filter(created_at__gte=closed_at, is_undone=False)
    if rows.order_by("created_at", "pk").first() is None:
        return  # it was settled before
    shown = conversation.messages.filter(is_automatic=False, **NOT_HIDDEN)
    turn = _turn_at(conversation, shown, _settled_at(conversation, before=closed_at))
    move([conversation], lambda _row: turn)


def _give(conversation: Conversation, turn: Turn) -> None:
    left, conversation.turn, conversation.waiting_since = conversation.turn, turn.side, turn.since
    conversation.save(update_fields=["turn", "waiting_since"])
    orm.enter([conversation])
    if left != turn.side:
        orm.count([(conversation.shop_id, left, turn.side)])
    events.inbox_changed([conversation])


def _turn_at(conversation: Conversation, shown: QuerySet[Message], settled: int) -> Turn:
    """Return the turn after the last shown message; an empty one if that has been settled."""
    last = shown.order_by("-sequence").first()
    if last is None or last.sequence <= settled:
        return Turn()
    side = Side(last.side)
    before = shown.filter(side=side.other).order_by("-sequence").first()
    start = max(settled, before.sequence if before else 0)
    first = shown.filter(side=side, sequence__gt=start).order_by("sequence").first()
    return Turn(str(side.other), (first or last).created_at)


def _settled_at(conversation: Conversation, before: datetime | None = None) -> int:
    """Return the sequence up to which a conversation was last settled; 0 if it never was.

    Args:
        before: ignore settlements from then on.
    """
    not_undone = []
    rows = conversation.settlements.order_by("created_at", "pk")
    rows = rows.filter(created_at__lt=before) if before else rows
    for sequence, is_undone in rows.values_list("sequence", "is_undone"):
        if not is_undone:
            not_undone.append(sequence)
        elif not_undone:
            not_undone.pop()
    return not_undone[-1] if not_undone else 0


def _is_restored(turn: Turn, row: Conversation) -> bool:
    """Whether a conversation waits again since one of its messages, not since its reopening."""
    asked = row.last_message_at
    return turn.since is not None and asked is not None and turn.since <= asked
