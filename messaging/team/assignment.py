"""Assign conversations, and announce it to the team.

`messaging.triage.assigning` checks who may assign; `messaging.triage.actions`, who can be assigned.
For replies, `taking` checks both.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple, cast

from django.contrib.auth import get_user_model

from messaging.models import ASSIGNED_KIND, SUBJECT_KIND, Assignment, Conversation
from notifications import actions as notifications
from trato.array_parameters import listed
from trato.clock import database_now
from trato.people import Person

from . import actions, events, notices
from .frames import AssignmentItem, TeamChanged


class Assigned(NamedTuple):
    """The result of `assign`: its notices' subjects, and each line's revision by conversation."""

    notices: list[int]
    revisions: dict[int, int]


def assign(
    conversations: Iterable[tuple[Conversation, int | None]],
    *,
    actor: Person | None,
    withdrawn: Collection[int] | None = None,
) -> Assigned:
    """Store who takes care of conversations, and announce it to the team on commit.

    Each colleague who gets conversations from the actor is notified once.

    Args:
        conversations: each with the ID of a member of its shop, or None for nobody. The caller's
            transaction has locked their rows, and each currently has another assignee.
        actor: who assigns them; None if the assignees take them by replying.
        withdrawn: if this undoes an earlier action, the `notices` that it returned. Unread notices
            are deleted, and nobody is notified. None if this undoes nothing.
    """
    by_assignee: defaultdict[int | None, list[int]] = defaultdict(list)
    changed: list[Conversation] = []
    for row, assignee_id in conversations:
        row.assignee_id = assignee_id
        by_assignee[assignee_id].append(row.pk)
        changed.append(row)
    if not changed:
        return Assigned([], {})
    for assignee_id, keys in by_assignee.items():
        Conversation.objects.filter(pk__in=listed(keys)).update(assignee_id=assignee_id)
    lines = _lines(changed, actor)
    if withdrawn:
        notifications.forget(ASSIGNED_KIND, withdrawn, unread_only=True)
    # Other members may be alerted from the next message on.
    notifications.find_recipients_again(SUBJECT_KIND, [row.pk for row in changed])
    subjects = notices.notify_assignees(actor, lines) if actor and withdrawn is None else []
    events.changed_many(
        (line.conversation, _frame(AssignmentItem.of(line), line)) for line in lines
    )
    return Assigned(subjects, {line.conversation_id: line.team_revision for line in lines})


def _lines(changed: Collection[Conversation], actor: Person | None) -> list[Assignment]:
    """Store a line for the team in each conversation; return them with their people loaded."""
    ids = {row.assignee_id for row in changed} | ({actor.pk} if actor else set())
    people = get_user_model()._default_manager.in_bulk([pk for pk in ids if pk is not None])
    revisions = actions.bump(row.pk for row in changed)
    now = database_now()
    lines = [
        Assignment(
            conversation=row,
            team_revision=revisions[row.pk],
            actor=people[actor.pk if actor else cast(int, row.assignee_id)],
            assignee=people.get(row.assignee_id or 0),
            by_reply=actor is None,
            created_at=now,
        )
        for row in changed
    ]
    return Assignment.objects.bulk_create(lines)


def _frame(item: AssignmentItem, line: Assignment) -> TeamChanged:
    return TeamChanged(
        conversation=line.conversation_id,
        team_revision=line.team_revision,
        assignee=item.assignee,
        line=item,
    )
