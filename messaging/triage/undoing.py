"""Restore what an act has changed, for each kind of change."""

from collections.abc import Callable
from typing import Any

from messaging.models import Conversation, Participant
from trato.people import Person

from . import own, team
from .frames import Outcome
from .tokens import Change, Undo


def _own(actor: Person, undone: Undo) -> Outcome:
    changes = _by_conversation(undone)

    def restore(row: Conversation, mine: Participant) -> own.Values | None:
        change = changes[row.pk]
        if [getattr(mine, column) for column in undone.what] != change.after:
            return None
        return dict(zip(undone.what, change.before, strict=True))

    return own.change(actor, list(changes), undone.what, restore)


def _assignee(actor: Person, undone: Undo) -> Outcome:
    changes = _by_conversation(undone)

    def restore(row: Conversation) -> int | None:
        assignee_id: int | None = _before(changes[row.pk], row.assignee_id)
        return assignee_id

    return team.change_assignees(actor, list(changes), restore)


def _label(actor: Person, undone: Undo) -> Outcome:
    changes = _by_conversation(undone)

    def restore(row: Conversation, has: bool) -> bool:
        return bool(_before(changes[row.pk], has))

    return team.change_label(actor, list(changes), undone.what[0], restore)


def _by_conversation(undone: Undo) -> dict[int, Change]:
    return {change.conversation: change for change in undone.changes}


def _before(change: Change, now: Any) -> Any:
    """Return the value before a change, unless there is another one now than after it."""
    if change.after != [now]:
        raise team.Impossible("conflict")
    return change.before[0]


UNDO: dict[str, Callable[[Person, Undo], Outcome]] = {
    "own": _own,
    "assignee": _assignee,
    "label": _label,
}
