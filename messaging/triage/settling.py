"""Settle conversations or let them wait again, and return a token that undoes the change."""

from collections.abc import Callable, Sequence
from typing import Any

from messaging.lanes import actions as lanes
from messaging.lanes.turns import Turn
from messaging.models import Conversation
from trato.people import Person

from . import queries, tokens
from .frames import Impossible, Outcome
from .tokens import Change


def change(actor: Person, ids: Sequence[int], decide: Callable[[Conversation], Turn]) -> Outcome:
    """Change the turn of conversations, inside the transaction of an action.

    Args:
        ids: IDs of conversations, in the order of the result.
        decide: returns the new turn, or raises `Impossible`.
    """
    conversations = queries.find(actor, ids, lock=True)
    failed = {pk: "not_found" for pk in ids if pk not in conversations}
    turns: dict[int, Turn] = {}
    for pk, row in conversations.items():
        try:
            turn = decide(row)
            if turn.side and row.ended_at is not None:
                raise Impossible("forbidden")  # nobody can write there any more
            turns[pk] = turn
        except Impossible as impossible:
            failed[pk] = impossible.code
    before = {pk: state_of(row) for pk, row in conversations.items()}
    movable = [row for pk, row in conversations.items() if pk in turns]
    changed = lanes.move(movable, lambda row: turns[row.pk])
    changes = [Change(row.pk, before[row.pk], state_of(row)) for row in changed]
    return Outcome(
        done=[pk for pk in ids if pk not in failed],
        failed=failed,
        undo=tokens.undo(actor, "turn", [], changes) if changes else "",
    )


def state_of(row: Conversation) -> list[Any]:
    """Return what an undo compares. The last message tells a later turn from an earlier one."""
    return [row.turn, row.waiting_since, row.last_sequence]
