"""The order of an inbox: which of a person's conversations come next.

On PostgreSQL every statement walks an index in the order of the list and stops after the requested
number of rows, however many conversations a shop has.
"""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from messaging.access import Scope
from messaging.models import SUBJECT_KIND, Conversation
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
) -> Keys:
    """Return the next conversations that have a message, by the time of the last one.

    Args:
        scope: whose conversations.
        wanted: which page.
        size: the maximum number.
        unread_only: only those that the badge counts, by the time of the news.
        among: a query to which the result is restricted; all conversations by default.
    """
    conversations = Conversation.objects.all() if among is None else among
    said = conversations.filter(last_message_hour__isnull=False)
    if unread_only:
        return _unread(scope, wanted, said)[:size]
    if not connection.features.supports_slicing_ordering_in_compound:  # SQLite
        return _by_last_message(said.filter(_of(scope)), wanted)[:size]
    # One index walk per side and shop; an OR over them would read and sort every conversation.
    sides = [Q(consumer=scope.user_id), *(Q(shop=shop_id) for shop_id in scope.shop_ids)]
    first, *others = [_by_last_message(said.filter(side), wanted)[:size] for side in sides]
    if not others:
        return first
    sign = "" if wanted.newer else "-"
    return first.union(*others).order_by(f"{sign}last_message_at", f"{sign}id")[:size]


def _by_last_message(conversations: QuerySet[Conversation], wanted: PageRequest) -> Keys:
    """Sort by the hour first, which an index contains, and then by the exact time."""
    rows = ordered(conversations, wanted, time="last_message_at")
    sign = "" if wanted.newer else "-"
    if wanted.cursor is not None:  # the hour is no later than the time, and less than an hour early
        at = wanted.cursor.at
        rows = rows.filter(
            Q(last_message_hour__gt=at - HOUR) if wanted.newer else Q(last_message_hour__lte=at)
        )
    rows = rows.order_by(f"{sign}last_message_hour", f"{sign}last_message_at", f"{sign}id")
    return rows.values_list("id", "last_message_at")


def _unread(scope: Scope, wanted: PageRequest, conversations: QuerySet[Conversation]) -> Keys:
    about = conversations.filter(_of(scope), pk=OuterRef("news__subject_id"))
    waiting = Notification.objects.filter(
        Exists(about), recipient=scope.user_id, news__subject_kind=SUBJECT_KIND, read_at=None
    )
    rows = ordered(waiting, wanted, time="news__happened_at", key="news__subject_id")
    return rows.values_list("news__subject_id", "news__happened_at")


def _of(scope: Scope) -> Q:
    return Q(consumer=scope.user_id) | Q(shop__in=scope.shop_ids)
