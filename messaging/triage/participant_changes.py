"""Change one person's participations in many conversations: one read, one lock, one write."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from messaging.models import Conversation, Participant
from trato.people import Person

from . import events, queries, tokens
from .frames import Impossible, Outcome, OwnState
from .tokens import Change

Values = dict[str, Any]  # columns of a participant
Done = list[tuple[Conversation, Participant]]
Then = Callable[[Done], None]
Decide = Callable[[Conversation, Participant], Values]


def change(
    actor: Person,
    ids: Sequence[int],
    columns: Sequence[str],
    decide: Decide,
    *,
    kind: str = "own",
    then: Then | None = None,
    lock: bool = False,
) -> Outcome:
    """Set columns of a person's participations, inside the transaction of an action.

    Usually the conversations aren't locked, so no send waits. If a message is stored meanwhile,
    values that depend on the last message simply don't hold any more.

    Args:
        ids: IDs of conversations, in the order of the result.
        columns: the columns that the action may set.
        decide: returns their new values, without the columns to empty, or raises `Impossible`.
        kind: the kind of undo, see `undoing`.
        then: called with all conversations in which the action succeeded, after storing.
        lock: whether to lock the conversations too, because `then` relies on their last message.
    """
    conversations = queries.find(actor, ids, lock=lock)
    if "last_read_sequence" in columns:  # it must not move back, so the rows have to be locked
        _create(actor, conversations.values())
    rows = queries.own_states(actor, list(conversations), lock=True)
    failed = {pk: "not_found" for pk in ids if pk not in conversations}
    changes: list[Change] = []
    changed: list[Participant] = []
    done: Done = []
    for pk, conversation in conversations.items():
        row = rows.get(pk) or _row(actor, conversation)
        before = [getattr(row, column) for column in columns]
        try:
            values = decide(conversation, row)
        except Impossible as impossible:
            failed[pk] = impossible.code
            continue
        done.append((conversation, row))
        after = [values.get(column) for column in columns]
        if before != after:
            changes.append(Change(pk, before, after))
            for column, value in zip(columns, after, strict=True):
                setattr(row, column, value)
            changed.append(row)
    _store(changed, columns)
    if changed:
        states = [OwnState.of(conversations[row.conversation_id], row) for row in changed]
        events.own_changed(actor, states)
    if then:
        then(done)
    return Outcome(
        done=[pk for pk in ids if pk not in failed],
        failed=failed,
        undo=tokens.undo(actor, kind, columns, changes) if changes else "",
    )


def _row(actor: Person, conversation: Conversation) -> Participant:
    side = conversation.side_of(actor.pk)
    return Participant(conversation=conversation, user_id=actor.pk, side=side)


def _create(actor: Person, conversations: Iterable[Conversation]) -> None:
    rows = [_row(actor, conversation) for conversation in conversations]
    Participant.objects.bulk_create(rows, ignore_conflicts=True)


def _store(rows: Sequence[Participant], columns: Sequence[str]) -> None:
    # An upsert, because a read mark may have inserted the same row meanwhile. The rows carry no
    # primary keys, so that one statement stores both existing and new rows.
    fresh = [
        Participant(
            conversation_id=row.conversation_id,
            user_id=row.user_id,
            side=row.side,
            **{column: getattr(row, column) for column in columns},
        )
        for row in rows
    ]
    Participant.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["conversation", "user"],
        update_fields=columns,
    )
