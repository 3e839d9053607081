"""Assign conversations to a shop's members. Only members may do so; only they are notified."""

from collections.abc import Callable, Sequence

from messaging.models import Conversation, Side
from messaging.team.assignment import assign
from trato.people import Person

from . import queries, tokens
from .frames import Impossible, Outcome
from .tokens import Change


def change(
    actor: Person,
    ids: Sequence[int],
    decide: Callable[[Conversation], int | None],
    *,
    withdrawn: Sequence[int] | None = None,
) -> Outcome:
    """Assign conversations, inside the transaction of an action.

    Args:
        ids: IDs of conversations, in the order of the result.
        decide: returns the assignee's ID, or None for nobody, or raises `Impossible`.
        withdrawn: see `assign`.
    """
    conversations = queries.find(actor, ids, lock=True)
    failed = {pk: "not_found" for pk in ids if pk not in conversations}
    before: dict[int, int | None] = {}
    wanted: list[tuple[Conversation, int | None]] = []
    for pk, row in conversations.items():
        try:
            if row.side_of(actor.pk) is not Side.SELLER:
                raise Impossible("forbidden")
            assignee_id = decide(row)
        except Impossible as impossible:
            failed[pk] = impossible.code
            continue
        if assignee_id != row.assignee_id:
            before[pk] = row.assignee_id
            wanted.append((row, assignee_id))
    assigned = assign(wanted, actor=actor, withdrawn=withdrawn)
    # The line's revision distinguishes this assignment from a later one to the same person.
    changes = [
        Change(row.pk, [before[row.pk]], [assignee_id, assigned.revisions[row.pk]])
        for row, assignee_id in wanted
    ]
    return Outcome(
        done=[pk for pk in ids if pk not in failed],
        failed=failed,
        undo=tokens.undo(actor, "assignee", assigned.notices, changes) if changes else "",
    )
