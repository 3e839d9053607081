"""Undo actions. Each kind of change has a function that restores the previous values."""

from collections.abc import Callable
from functools import cache
from typing import Any

from messaging.host import host
from messaging.lanes.turns import Turn
from messaging.models import Conversation, Participant
from trato.people import Person

from . import assigning, labelling, marks, news, participant_changes, queries, settling
from .frames import Impossible, Outcome
from .tokens import Change, Undo


def _own(actor: Person, undone: Undo) -> Outcome:
    changes = _by_conversation(undone)

    def restore(row: Conversation, mine: Participant) -> participant_changes.Values:
        now = [getattr(mine, column) for column in undone.what]
        return dict(zip(undone.what, _before(changes[row.pk], now), strict=True))

    return participant_changes.change(actor, list(changes), undone.what, restore)


def _unread(actor: Person, undone: Undo) -> Outcome:
    """Undo `mark_unread`: everything up to the read mark is read again."""
    changes = _by_conversation(undone)
    newest = queries.newest_of_other_side(actor, list(changes))

    def restore(row: Conversation, mine: Participant) -> participant_changes.Values:
        [unread_from] = _before(changes[row.pk], [mine.unread_from])
        return {"unread_from": unread_from}

    def then(done: participant_changes.Done) -> None:
        news.mark_read(
            actor,
            [
                row.pk
                for row, mine in done
                if not mine.unread_from and newest[row.pk] <= mine.last_read_sequence
            ],
        )

    columns = undone.what
    return participant_changes.change(actor, list(changes), columns, restore, then=then, lock=True)


def _read(actor: Person, undone: Undo) -> Outcome:
    """Undo `mark_read`. The other side has seen the mark, so mark as unread only for the actor."""
    changes = _by_conversation(undone)
    newest = queries.newest_of_other_side(actor, list(changes))

    def restore(row: Conversation, mine: Participant) -> participant_changes.Values:
        now = [mine.last_read_sequence, mine.unread_from or None]
        mark, unread_from = _before(changes[row.pk], now)
        if not unread_from and mark < now[0]:
            unread_from = mark + 1
        return {"last_read_sequence": now[0], "unread_from": unread_from}

    def then(done: participant_changes.Done) -> None:
        unread = [row for row, mine in done if 0 < (mine.unread_from or 0) <= newest[row.pk]]
        news.make_unread(actor, unread)

    return participant_changes.change(actor, list(changes), undone.what, restore, then=then)


def _mute(actor: Person, undone: Undo) -> Outcome:
    changes = _by_conversation(undone)

    def restore(row: Conversation, mine: Participant) -> participant_changes.Values:
        [muted_at] = _before(changes[row.pk], [mine.muted_at])
        return {"muted_at": muted_at}

    return marks.change_muted(actor, list(changes), restore)


def _assignee(actor: Person, undone: Undo) -> Outcome:
    """Undo `assign`. If the former assignee has left the shop, unassign the conversation."""
    changes = _by_conversation(undone)
    people = {change.before[0] for change in undone.changes}.difference([None])
    shops = host.shops_of(people) if people else {}

    @cache
    def lines() -> dict[int, int]:  # read under the locks
        return queries.last_assignments(changes)

    def restore(row: Conversation) -> int | None:
        assignee_id: int | None
        [assignee_id] = _before(changes[row.pk], [row.assignee_id, lines().get(row.pk)])
        return assignee_id if row.shop_id in shops.get(assignee_id or 0, ()) else None

    return assigning.change(actor, list(changes), restore, withdrawn=undone.what)


def _label(actor: Person, undone: Undo) -> Outcome:
    changes = _by_conversation(undone)

    def restore(row: Conversation, has: bool) -> bool:
        return _before(changes[row.pk], [has]) == [True]

    return labelling.change(actor, list(changes), undone.what[0], restore)


def _turn(actor: Person, undone: Undo) -> Outcome:
    changes = _by_conversation(undone)

    def restore(row: Conversation) -> Turn:
        side, since, _last = _before(changes[row.pk], settling.state_of(row))
        return Turn(side, since)

    return settling.change(actor, list(changes), restore)


def _by_conversation(undone: Undo) -> dict[int, Change]:
    return {change.conversation: change for change in undone.changes}


def _before(change: Change, now: list[Any]) -> list[Any]:
    """Return the values before a change, or raise `Impossible` if they have changed again since.

    After a second click on Undo, the values from before the change are already restored.
    """
    if now not in (change.after, change.before):
        raise Impossible("conflict")
    return change.before


UNDO: dict[str, Callable[[Person, Undo], Outcome]] = {
    "own": _own,
    "unread": _unread,
    "read": _read,
    "mute": _mute,
    "assignee": _assignee,
    "label": _label,
    "turn": _turn,
}
