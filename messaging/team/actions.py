"""Count the changes that only a shop's team sees, and set how it works together."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from messaging import access
from messaging.models import (
    SUBJECT_KIND,
    AlertChoice,
    Conversation,
    TeamRules,
    TeamState,
    hour_of,
)
from notifications import actions as notifications
from trato.array_parameters import listed
from trato.clock import database_now
from trato.people import Person

from . import events


@transaction.atomic
def bump(conversation_ids: Iterable[int]) -> dict[int, int]:
    """Count one more change of each conversation for its team; return the new revisions.

    Holds the locks until the transaction ends, so that a conversation's changes commit in the order
    of their revisions. Call it once the rows before it are locked, see
    docs/decisions/0013-lock-order.md, and announce the changes with `events.changed_many`.

    Args:
        conversation_ids: IDs of existing conversations, which the caller got from `access`.
    """
    ids = sorted(set(conversation_ids))
    # Not one upsert: Django's upsert sets columns to given values and can't increment them.
    states = [TeamState(conversation_id=pk) for pk in ids]
    TeamState.objects.bulk_create(states, ignore_conflicts=True)
    rows = TeamState.objects.filter(pk__in=listed(ids)).order_by("pk")
    before = rows.select_for_update(no_key=True).values_list("pk", "team_revision")
    revisions = {pk: revision + 1 for pk, revision in before}
    TeamState.objects.filter(pk__in=listed(revisions)).update(team_revision=F("team_revision") + 1)
    return revisions


@transaction.atomic
def set_rules(actor: Person, shop_id: int, *, replying_takes: bool) -> None:
    """Set how a shop's team works together.

    Args:
        replying_takes: whether a reply assigns a conversation that has no assignee.

    Raises:
        Http404: the actor doesn't work for the shop.
        PermissionDenied: the actor may not change it.
    """
    access.own_shop(actor, shop_id, manage=True)
    TeamRules.objects.update_or_create(shop_id=shop_id, defaults={"replying_takes": replying_takes})


@transaction.atomic
def set_alerts(actor: Person, shop_id: int, level: AlertChoice.Level) -> None:
    """Choose which messages from shoppers alert the actor, starting with the next message.

    Unread conversations stay unread.

    Raises:
        Http404: the actor doesn't work for the shop.
    """
    access.own_shop(actor, shop_id)
    own = {"shop_id": shop_id, "user_id": actor.pk}
    if level == AlertChoice.Level.ALL:
        AlertChoice.objects.filter(**own).delete()
    else:
        AlertChoice.objects.update_or_create(**own, defaults={"level": level})
    since = database_now() - timedelta(seconds=settings.FIND_RECIPIENTS_AGAIN_SECONDS)
    recent = Conversation.objects.filter(
        shop_id=shop_id, last_message_hour__gte=hour_of(since), last_message_at__gte=since
    )
    notifications.find_recipients_again(SUBJECT_KIND, recent.values_list("pk", flat=True))
    events.alerts_changed(actor)
