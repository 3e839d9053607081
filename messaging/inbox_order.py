"""The order of an inbox: which of a person's conversations come next.

On PostgreSQL every statement walks an index in the order of the list and stops after the requested
number of rows, however many conversations a shop has.
"""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from messaging.access import Scope
from messaging.lanes.queries import ALL, OURS, SETTLED, THEIRS, of_lane
from messaging.models import SUBJECT_KIND, Conversation
from messaging.sides import Side
from notifications.models import Notification
from trato.pagination import PageRequest, ordered

HOUR = timedelta(hours=1)

Keys = QuerySet[Any, tuple[int, Any]]  # a conversation's ID, and the time that sorts it


def upcoming(
    scope: Scope,
    wanted: PageRequest,
    size: int,
    *,
    unread_only: bool = False,
    among: QuerySet[Conversation] | None = None,
    lane: str = ALL,
) -> Keys:
    """Return the next conversations that have a message, by the time of the last one.

    Args:
        scope: whose conversations.
        wanted: which page.
        size: the maximum number.
        unread_only: only those that the badge counts, by the time of the news.
        among: a query to which the result is restricted; all conversations by default.
        lane: only those in a lane, see `lanes.queries`.
    """
    conversations = Conversation.objects.all() if among is None else among
    said = conversations.filter(last_message_hour__isnull=False)
    if unread_only:
        return _unread(scope, wanted, said.filter(of_lane(scope, lane)))[:size]
    if not connection.features.supports_slicing_ordering_in_compound:  # SQLite
        return _by_last_message(said.filter(of_lane(scope, lane)), wanted)[:size]
    # One index walk per side and shop; an OR over them would read and sort every conversation.
    mine = Q(consumer=scope.user_id) & of_lane(Scope(scope.user_id, ()), lane)
    lists = [_by_last_message(said.filter(mine), wanted)[:size]]
    for shop_id in scope.shop_ids:
        hour, own = ("last_message_hour", Q(shop=shop_id))
        if lane != ALL:
            hour, own = _lane(shop_id, lane)
            own &= ~Q(consumer=scope.user_id)  # which is in the other lane, see `of_lane`
        lists.append(_by_last_message(said.filter(own), wanted, hour)[:size])
    first, *others = lists
    if not others:
        return first
    sign = "" if wanted.newer else "-"
    return first.union(*others).order_by(f"{sign}last_message_at", f"{sign}id")[:size]


def longest_waiting(
    scope: Scope, wanted: PageRequest, size: int, lane: str, among: QuerySet[Conversation]
) -> Keys:
    """Return the next conversations in which somebody waits, longest waiting first.

    The first page has those that wait longest, so "older" pages are those with later times.

    Args:
        lane: as for `upcoming`; settled conversations are left out.
    """
    rows = among.filter(of_lane(scope, lane), waiting_since__isnull=False)
    turned = PageRequest(wanted.cursor, newer=not wanted.newer)
    return ordered(rows, turned, time="waiting_since").values_list("id", "waiting_since")[:size]


def _lane(shop_id: int, lane: str) -> tuple[str, Q]:
    """Return the hour in the index of lanes, and the condition for a lane of a shop there."""
    turn = {OURS: Side.SELLER.value, THEIRS: Side.CONSUMER.value, SETTLED: ""}[lane]
    return "lane__hour", Q(lane__shop=shop_id, lane__turn=turn)


def _by_last_message(
    conversations: QuerySet[Conversation], wanted: PageRequest, hour: str = "last_message_hour"
) -> Keys:
    """Sort by the hour first, which an index contains, and then by the exact time."""
    rows = ordered(conversations, wanted, time="last_message_at")
    sign = "" if wanted.newer else "-"
    if wanted.cursor is not None:  # the hour is no later than the time, and less than an hour early
        at = wanted.cursor.at
        bound = (f"{hour}__gt", at - HOUR) if wanted.newer else (f"{hour}__lte", at)
        rows = rows.filter(bound)
    rows = rows.order_by(f"{sign}{hour}", f"{sign}last_message_at", f"{sign}id")
    return rows.values_list("id", "last_message_at")


def _unread(scope: Scope, wanted: PageRequest, conversations: QuerySet[Conversation]) -> Keys:
    about = conversations.filter(pk=OuterRef("news__subject_id"))
    waiting = Notification.objects.filter(
        Exists(about), recipient=scope.user_id, news__subject_kind=SUBJECT_KIND, read_at=None
    )
    rows = ordered(waiting, wanted, time="news__happened_at", key="news__subject_id")
    return rows.values_list("news__subject_id", "news__happened_at")
