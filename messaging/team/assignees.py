"""Assign conversations, and announce it to the team."""

from collections import defaultdict
from collections.abc import Iterable

from django.contrib.auth import get_user_model

from messaging.frames import Sender
from messaging.host import host
from messaging.models import SUBJECT_KIND, Conversation
from notifications import actions as notifications
from trato.listed import listed

from . import actions, events
from .frames import TeamChanged


def assign(conversations: Iterable[tuple[Conversation, int | None]]) -> None:
    """Store who takes care of conversations, and announce it to the team on commit.

    Args:
        conversations: each with the ID of a member of its shop, or None for nobody. Their rows are
            locked by the caller's transaction, and each has another assignee so far.
    """
    by_assignee: defaultdict[int | None, list[int]] = defaultdict(list)
    changed: list[Conversation] = []
    for row, assignee_id in conversations:
        row.assignee_id = assignee_id
        by_assignee[assignee_id].append(row.pk)
        changed.append(row)
    if not changed:
        return
    for assignee_id, keys in by_assignee.items():
        Conversation.objects.filter(pk__in=listed(keys)).update(assignee_id=assignee_id)
    people = _senders(pk for pk in by_assignee if pk is not None)
    revisions = actions.bump(row.pk for row in changed)
    # Other members may be alerted from the next message on.
    notifications.tell_again(SUBJECT_KIND, [row.pk for row in changed])
    events.changed_many(
        (
            row,
            TeamChanged(
                conversation=row.pk,
                team_revision=revisions[row.pk],
                assignee=people.get(row.assignee_id or 0),
            ),
        )
        for row in changed
    )


def _senders(user_ids: Iterable[int]) -> dict[int, Sender]:
    people = get_user_model()._default_manager.filter(pk__in=set(user_ids))
    return {person.pk: Sender(person.pk, host.display_name(person)) for person in people}
