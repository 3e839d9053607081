"""Count the conversations in each lane."""

from collections import Counter
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from messaging.access import Scope
from messaging.models import Conversation, LaneCount
from messaging.sides import Side
from trato.prepared import prepared

from .models import COLUMNS

OURS, THEIRS, SETTLED, ALL = "ours", "theirs", "settled", "all"
LANES = (OURS, THEIRS, SETTLED, ALL)


def counts(scope: Scope) -> dict[str, int]:
    """Return how many conversations with messages a person has in each lane.

    A shop's numbers are stored, see `LaneCount`. A shopper's few conversations are counted.
    """
    numbers: Counter[str] = Counter()
    for turn, shop_id, number in _of_shopper(scope.user_id):
        numbers[lane_of(turn, Side.CONSUMER)] += number
        if shop_id in scope.shop_ids:  # asked before they joined the shop, and counted there too
            numbers[lane_of(turn, Side.SELLER)] -= number
    for row in _of_shops(*scope.shop_ids) if scope.shop_ids else ():
        for turn, number in zip(COLUMNS, row, strict=True):
            numbers[lane_of(turn, Side.SELLER)] += number
    return {lane: numbers[lane] for lane in LANES} | {ALL: numbers.total()}


def of_lane(scope: Scope, lane: str) -> Q:
    """Return the condition for a person's conversations in a lane.

    If a person has asked a shop and later joined it, the conversation is only in their lane as a
    shopper.
    """
    return (Q(consumer=scope.user_id) | Q(shop__in=scope.shop_ids)) & has_lane(scope.user_id, lane)


def has_lane(user_id: int, lane: str) -> Q:
    """Return the condition that narrows a person's conversations to a lane."""
    if lane == ALL:
        return Q()
    if lane == SETTLED:
        return Q(turn="")
    sides = [Side.CONSUMER, Side.SELLER]
    as_shopper, as_seller = sides if lane == OURS else sides[::-1]
    mine = Q(consumer=user_id)
    return mine & Q(turn=as_shopper) | ~mine & Q(turn=as_seller)


def lane_of(turn: str, side: Side) -> str:
    """Return the lane of a conversation with this turn, as a side sees it."""
    if not turn:
        return SETTLED
    return OURS if turn == side else THEIRS


@prepared
def _of_shopper(user_id: int) -> QuerySet[Conversation, Any]:
    asked = Conversation.objects.filter(consumer_id=user_id, last_message_hour__isnull=False)
    rows = asked.order_by().values("turn", "shop_id").annotate(number=Count("*"))
    return rows.values_list("turn", "shop_id", "number")


@prepared
def _of_shops(*shop_ids: int) -> QuerySet[LaneCount, Any]:
    shares = LaneCount.objects.filter(shop_id__in=shop_ids).order_by().values("shop_id")
    sums = {f"sum_{name}": Sum(name) for name in COLUMNS.values()}
    return shares.annotate(**sums).values_list(*sums)
