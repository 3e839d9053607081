"""Count the changes that only a shop's team sees."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from messaging.models import TeamState
from trato.listed import listed


@transaction.atomic
def bump(conversation_ids: Iterable[int]) -> dict[int, int]:
    """Count one more change of each conversation for its team; return the new revisions.

    Holds the locks until the transaction ends, so that the changes of a conversation commit in the
    order of their revisions. Call it once the rows before it are locked, see
    docs/decisions/0013-lock-order.md, and announce the changes with `events.changed`.

    Args:
        conversation_ids: IDs of existing conversations, which the caller has got from `access`.
    """
    ids = sorted(set(conversation_ids))
    # Not one upsert: Django's sets columns to given values, and can't add one to them.
    states = [TeamState(conversation_id=pk) for pk in ids]
    TeamState.objects.bulk_create(states, ignore_conflicts=True)
    rows = TeamState.objects.filter(pk__in=listed(ids)).order_by("pk")
    before = rows.select_for_update(no_key=True).values_list("pk", "team_revision")
    revisions = {pk: revision + 1 for pk, revision in before}
    TeamState.objects.filter(pk__in=listed(revisions)).update(team_revision=F("team_revision") + 1)
    return revisions
