"""The order of an inbox: which of a person's conversations come next.

On PostgreSQL every statement walks an index in list order and stops after the requested number of
rows, however many conversations a shop has.
"""

from typing import Any

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery

from messaging.access import Scope
from messaging.lanes.queries import ALL, OURS, SETTLED, THEIRS, of_lane
from messaging.models import Conversation, Lane
from messaging.sides import Side
from notifications.models import News, Notification
from trato.pagination import PageRequest, ordered

NEAREST = 200  # conversations of each shop that `longest_waiting` checks first

Keys = QuerySet[Any, tuple[int, Any]]  # a conversation's ID, and the time by which it is sorted


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
        unread_only: only conversations that the badge counts, by the time of their news.
        among: a query to which the result is restricted; all conversations by default.
        lane: only conversations in this lane, see `lanes.queries`.
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
            # A member's own questions are in the other lane, see `of_lane`.
            hour, own = "lane__hour", Q(lane__shop=shop_id, lane__turn__in=_turns(lane))
            own &= ~Q(consumer=scope.user_id)
        lists.append(_by_last_message(said.filter(own), wanted, hour)[:size])
    return _merged(lists, wanted, "last_message_at")[:size]


def longest_waiting(
    scope: Scope, wanted: PageRequest, size: int, lane: str, among: QuerySet[Conversation]
) -> Keys:
    """Return the next conversations in which somebody is waiting, longest waiting first.

    The first page has the longest waits, so "older" pages have later times.

    Args:
        lane: as for `upcoming`; settled conversations are left out.
    """
    turned = PageRequest(wanted.cursor, newer=not wanted.newer)
    everything = _by_waiting(among.filter(of_lane(scope, lane)), turned)[:size]
    if not connection.features.supports_slicing_ordering_in_compound:  # SQLite
        return everything
    mine = Q(consumer=scope.user_id) & of_lane(Scope(scope.user_id, ()), lane)
    lists = [_by_waiting(among.filter(mine), turned)[:size]]
    # PostgreSQL would check thousands of conversations before it sorts them. The lanes below come
    # from an index in the right order.
    lanes = Lane.objects.filter(turn__in=_turns(lane), waiting_since__isnull=False)
    nearest = [
        ordered(lanes.filter(shop=pk), turned, time="waiting_since")[:NEAREST]
        for pk in scope.shop_ids
    ]
    for rows in nearest:
        own = among.filter(~Q(consumer=scope.user_id), pk__in=rows.values("pk"))
        lists.append(_by_waiting(own, turned)[:size])
    waiting = _merged(lists, turned, "waiting_since")[:size]
    if len(waiting) < size and any(len(rows.values("pk")) == NEAREST for rows in nearest):
        return everything
    return waiting


def _turns(lane: str) -> list[str]:
    """Return the turns of a shop's conversations in a lane."""
    shop, shopper = Side.SELLER.value, Side.CONSUMER.value
    return {ALL: [shop, shopper], OURS: [shop], THEIRS: [shopper], SETTLED: [""]}[lane]


def _merged(lists: list[Keys], wanted: PageRequest, time: str) -> Keys:
    first, *others = lists
    sign = "" if wanted.newer else "-"
    return first.union(*others).order_by(f"{sign}{time}", f"{sign}id") if others else first


def _by_waiting(conversations: QuerySet[Conversation], wanted: PageRequest) -> Keys:
    rows = conversations.filter(waiting_since__isnull=False)
    rows = ordered(rows, wanted, time="waiting_since")
    return rows.values_list("id", "waiting_since")


def _by_last_message(
    conversations: QuerySet[Conversation], wanted: PageRequest, hour: str = "last_message_hour"
) -> Keys:
    rows = ordered(conversations, wanted, time="last_message_at", hour=hour)
    return rows.values_list("id", "last_message_at")


def _unread(scope: Scope, wanted: PageRequest, conversations: QuerySet[Conversation]) -> Keys:
    # With a join, PostgreSQL would sort the news of all shops, not just a person's unread ones.
    news = News.objects.filter(pk=OuterRef("news"))
    waiting = Notification.objects.filter(recipient=scope.user_id, is_notice=False, read_at=None)
    waiting = waiting.annotate(
        about=Subquery(news.values("subject_id")), at=Subquery(news.values("happened_at"))
    )
    # With EXISTS, it would read all conversations of the shop.
    fitting = conversations.filter(pk=OuterRef("about")).values("pk")[:1]
    waiting = waiting.annotate(fitting=Subquery(fitting)).filter(fitting__isnull=False)
    return ordered(waiting, wanted, time="at", key="about").values_list("about", "at")
