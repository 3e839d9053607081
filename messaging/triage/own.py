"""Change what conversations are to one person alone: one read, one lock and one write for many."""

from collections.abc import Callable, Sequence
from typing import Any

from messaging.models import Conversation, Participant
from trato.people import Person

from . import events, queries, tokens
from .frames import Impossible, Outcome, OwnState
from .tokens import Change

Values = dict[str, Any]  # columns of a participant
Decide = Callable[[Conversation, Participant], Values]


def change(actor: Person, ids: Sequence[int], columns: Sequence[str], decide: Decide) -> Outcome:
    """Set columns of a person's participations, inside the transaction of an act.

    Doesn't lock the conversations, so no send waits: a message that is stored meanwhile only means
    that what depends on the last message doesn't hold any more.

    Args:
        ids: of conversations, in the order of the answer.
        columns: the ones that the act may set.
        decide: returns their new values, empty where they are missing, or raises `Impossible`.
    """
    conversations = queries.find(actor, ids)
    rows = queries.own_states(actor, list(conversations))
    failed = {pk: "not_found" for pk in ids if pk not in conversations}
    changes: list[Change] = []
    changed: list[Participant] = []
    for pk, conversation in conversations.items():
        row = rows.get(pk) or Participant(
            conversation=conversation, user_id=actor.pk, side=conversation.side_of(actor.pk)
        )
        before = [getattr(row, column) for column in columns]
        try:
            values = decide(conversation, row)
        except Impossible as impossible:
            failed[pk] = impossible.code
            continue
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
    return Outcome(
        done=[pk for pk in ids if pk not in failed],
        failed=failed,
        undo=tokens.undo(actor, "own", columns, changes) if changes else "",
    )


def _store(rows: Sequence[Participant], columns: Sequence[str]) -> None:
    # An upsert, because a read mark may have inserted the same row meanwhile; without the keys, so
    # that it is one statement for rows that exist and for those that don't.
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
