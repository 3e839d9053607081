"""Restore what an act has changed, for each kind of change."""

from collections.abc import Callable
from typing import Any

from messaging.lanes.turns import Turn
from messaging.models import Conversation, Participant
from trato.people import Person

from . import own, team, turns
from .frames import Impossible, Outcome
from .tokens import Change, Undo


def _own(actor: Person, undone: Undo) -> Outcome:
    changes = _by_conversation(undone)

    def restore(row: Conversation, mine: Participant) -> own.Values:
        now = [getattr(mine, column) for column in undone.what]
        return dict(zip(undone.what, _before(changes[row.pk], now), strict=True))

    return own.change(actor, list(changes), undone.what, restore)


def _assignee(actor: Person, undone: Undo) -> Outcome:
    changes = _by_conversation(undone)

    def restore(row: Conversation) -> int | None:
        assignee_id: int | None
        [assignee_id] = _before(changes[row.pk], [row.assignee_id])
        return assignee_id

    return team.change_assignees(actor, list(changes), restore)


def _label(actor: Person, undone: Undo) -> Outcome:
    changes = _by_conversation(undone)

    def restore(row: Conversation, has: bool) -> bool:
        return _before(changes[row.pk], [has]) == [True]

    return team.change_label(actor, list(changes), undone.what[0], restore)


def _turn(actor: Person, undone: Undo) -> Outcome:
    changes = _by_conversation(undone)

    def restore(row: Conversation) -> Turn:
        side, since = _before(changes[row.pk], [row.turn, row.waiting_since])
        return Turn(side, since)

    return turns.change(actor, list(changes), restore)


def _by_conversation(undone: Undo) -> dict[int, Change]:
    return {change.conversation: change for change in undone.changes}


def _before(change: Change, now: list[Any]) -> list[Any]:
    """Return the values before a change, unless there are others now than after it."""
    if change.after != now:
        raise Impossible("conflict")
    return change.before


UNDO: dict[str, Callable[[Person, Undo], Outcome]] = {
    "own": _own,
    "assignee": _assignee,
    "label": _label,
    "turn": _turn,
}
