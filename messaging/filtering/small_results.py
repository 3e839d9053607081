"""Filters that leave few conversations: find all of them first, then sort them.

The database would often rather walk through the whole list in its order, and check each of fifty
thousand conversations for a star. Reading and sorting two thousand is just as fast. The filter's
other conditions are only checked for the wanted page.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from messaging.access import Scope
from messaging.lanes.queries import ALL, has_lane, of_lane
from messaging.models import Conversation, ConversationLabel, Participant
from notifications.models import News, Notification
from trato.array_parameters import listed
from trato.pagination import Cursor, PageRequest, ordered

from .filters import WAITING, Filter, conditions

SMALL_MAX = 2_000  # conversations
# The first lookup takes `FIRST_LOOKUP` pages of conversations, each further one `MORE` times as
# many: a page takes at most three lookups.
FIRST_LOOKUP, MORE = 2, 8


class SmallResult:
    """A few given conversations that match a filter, in its order.

    Args:
        ids: which conversations; those outside the scope and the filter's lane are left out.
        condition: the filter's other conditions.
    """

    def __init__(self, ids: Collection[int], condition: Q, wanted: Filter, scope: Scope) -> None:
        self.ids, self.condition = ids, condition
        self.is_rising = wanted.sort == WAITING
        self.time = _time(wanted)
        # No index has this order, so the database reads only these conversations.
        self.rows = _in_lane(wanted, scope).filter(of_lane(scope, ALL), pk__in=listed(ids))

    def read(self, wanted: PageRequest, limit: int) -> list[Cursor]:
        """Return the rows from a page on, see `trato.pagination.page`."""
        if self.is_rising:
            wanted = PageRequest(wanted.cursor, newer=not wanted.newer)
        rows = ordered(self.rows, wanted, time=self.time).values_list(self.time, "pk")
        fitting: list[Cursor] = []
        start, size = 0, FIRST_LOOKUP * limit
        while len(fitting) < limit and start < len(self.ids):
            cursors = [Cursor(*one) for one in rows[start : start + size]]
            fitting += self._fitting(cursors)
            if len(cursors) < size:
                break
            start, size = start + size, MORE * size
        return fitting[:limit]

    def _fitting(self, cursors: list[Cursor]) -> list[Cursor]:
        ids = listed(cursor.pk for cursor in cursors)
        rows = Conversation.objects.filter(self.condition, pk__in=ids)
        fitting = set(rows.order_by().values_list("pk", flat=True)) if cursors else set()
        return [cursor for cursor in cursors if cursor.pk in fitting]


def small_result(wanted: Filter, scope: Scope, now: datetime) -> SmallResult | None:
    """Return a filter's conversations if any of its parts leaves only a few."""
    sets = [_read(rows) for rows in _parts(wanted, scope)]
    if wanted.unread:
        sets.append(_read(_unread(scope)))
        if len(sets[-1]) <= SMALL_MAX:
            wanted = replace(wanted, unread=False)
    complete = [set(ids) for ids in sets if len(ids) <= SMALL_MAX]
    if not complete:
        return None
    return SmallResult(set.intersection(*complete), conditions(wanted, scope, now), wanted, scope)


def _parts(wanted: Filter, scope: Scope) -> Iterator[QuerySet[Any, int]]:
    """Yield the IDs of conversations with each mark, label, colleague or product in a filter."""
    yield from _marked(wanted, scope)
    rows = _in_lane(wanted, scope).values_list("pk", flat=True)
    rows = rows.filter(product=wanted.product) if wanted.product else rows
    if wanted.assigned and wanted.assigned != "none":
        assignee = scope.user_id if wanted.assigned == "me" else int(wanted.assigned)
        # Not `of_lane`: PostgreSQL would search the shop's indexes, too.
        yield rows.filter(assignee=assignee, shop__in=scope.shop_ids)
    elif wanted.product:
        yield rows.filter(of_lane(scope, ALL))


def _marked(wanted: Filter, scope: Scope) -> Iterator[QuerySet[Any, int]]:
    """Yield the IDs of conversations with each wanted mark, or with the wanted label."""
    own = Participant.objects.filter(user=scope.user_id)
    marks = {
        "starred_at": wanted.starred,
        "archived_sequence": wanted.archived,
        "snoozed_until": wanted.snoozed,
    }
    labelled = ConversationLabel.objects.filter(label=wanted.label)
    labelled_ids = labelled.values_list("conversation_id", flat=True)
    is_marked = any(marks.values())
    for column, is_wanted in marks.items():
        if is_wanted:
            rows = own.filter((f"{column}__isnull", False))
            # The database reads both from indexes only, and hardly any conversation has both.
            rows = rows.filter(conversation__in=labelled_ids) if wanted.label else rows
            yield rows.values_list("conversation_id", flat=True)
    if wanted.label and not is_marked:
        yield labelled_ids


def _in_lane(wanted: Filter, scope: Scope) -> QuerySet[Conversation]:
    is_said = Q((f"{_time(wanted)}__isnull", False), last_sequence__gt=0)
    rows = Conversation.objects.filter(is_said, has_lane(scope.user_id, wanted.lane))
    return rows.order_by()


def _time(wanted: Filter) -> str:
    return "waiting_since" if wanted.sort == WAITING else "last_message_at"


def _unread(scope: Scope) -> QuerySet[Any, int]:
    unread = Notification.objects.filter(recipient=scope.user_id, is_notice=False, read_at=None)
    # With a join PostgreSQL would read the news of all shops.
    about = Subquery(News.objects.filter(pk=OuterRef("news")).values("subject_id"))
    return unread.values_list(about, flat=True)


def _read(rows: QuerySet[Any, int]) -> list[int]:
    return list(rows.order_by()[: SMALL_MAX + 1])
