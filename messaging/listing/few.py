"""Filters that leave few conversations: these are all read, and sorted here.

The database would often rather walk through the whole list in its order, and look for a starred
conversation in each of fifty thousand. It reads two thousand places in the list just as fast. What
else a filter asks is only looked up for the page that is wanted.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from messaging.access import Scope
from messaging.lanes.queries import has_lane, of_lane
from messaging.models import Conversation, ConversationLabel, Participant
from notifications.models import News, Notification
from trato.listed import listed
from trato.pagination import Cursor, PageRequest

from .filters import WAITING, Filter, conditions

FEW = 2_000  # conversations
# How many times a page's conversations are looked up first, and how many times more after that: a
# page takes at most three lookups.
FIRST_LOOKUP, MORE = 2, 8

Position = tuple[datetime, int]  # of a conversation in the list: its time and ID


class Few:
    """Some conversations by their positions, in the order of a filter.

    Args:
        positions: the conversations.
        condition: what else the filter asks of them.
    """

    def __init__(self, positions: list[Position], condition: Q, wanted: Filter) -> None:
        self.is_rising = wanted.sort == WAITING
        self.positions = sorted(positions, reverse=not self.is_rising)
        self.condition = condition

    def read(self, wanted: PageRequest, limit: int) -> list[Cursor]:
        """Return the rows of a page and beyond, see `trato.pagination.page`."""
        positions = self.positions
        if wanted.cursor is not None:
            at = wanted.cursor.at, wanted.cursor.pk
            if self.is_rising is not wanted.newer:
                positions = [one for one in positions if one > at]
            else:
                positions = [one for one in positions if one < at]
            if wanted.newer:
                positions.reverse()
        rows: list[Cursor] = []
        start, size = 0, FIRST_LOOKUP * limit
        while len(rows) < limit and start < len(positions):
            rows += self._fitting(positions[start : start + size])
            start, size = start + size, MORE * size
        return rows[:limit]

    def _fitting(self, positions: list[Position]) -> list[Cursor]:
        ids = listed(pk for _at, pk in positions)
        rows = Conversation.objects.filter(self.condition, pk__in=ids)
        fitting = set(rows.order_by().values_list("pk", flat=True))
        return [Cursor(*one) for one in positions if one[1] in fitting]


def few(wanted: Filter, scope: Scope, now: datetime) -> Few | None:
    """Return a filter's conversations if any of its parts leaves only few of them."""
    sets = [_read(rows) for rows in _marked(wanted, scope)]
    complete = [set(ids) for ids in sets if len(ids) <= FEW]
    unread = _read(_unread(scope)) if wanted.unread else []
    if wanted.unread and len(unread) <= FEW:
        complete.append(set(unread))
        wanted = replace(wanted, unread=False)
    ids = set.intersection(*complete) if complete else None
    positions = _of_conversations(wanted, scope)
    if positions is None and ids is not None:
        positions = positions_of(ids, wanted, scope)
    elif positions is not None and ids is not None:
        positions = [one for one in positions if one[1] in ids]
    if positions is None:
        return None
    return Few(positions, conditions(wanted, scope, now), wanted)


def positions_of(ids: set[int], wanted: Filter, scope: Scope) -> list[Position]:
    """Return the positions of those of some conversations that are in the filter's lane."""
    if not ids:
        return []
    rows = Conversation.objects.filter(of_lane(scope, "all"), pk__in=listed(ids))
    return list(_positions(rows, wanted, scope))


def _marked(wanted: Filter, scope: Scope) -> Iterator[QuerySet[Any, int]]:
    """Yield the IDs of conversations with each mark and label that is wanted."""
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
            # Both are read from indexes only, and hardly any conversation has both.
            rows = rows.filter(conversation__in=labelled_ids) if wanted.label else rows
            yield rows.values_list("conversation_id", flat=True)
    if wanted.label and not is_marked:
        yield labelled_ids


def _of_conversations(wanted: Filter, scope: Scope) -> list[Position] | None:
    """Return the positions of what is about a product, or somebody's; None if they are many."""
    rows = Conversation.objects.all()
    if wanted.assigned and wanted.assigned != "none":
        assignee = scope.user_id if wanted.assigned == "me" else int(wanted.assigned)
        # Not `of_lane`: PostgreSQL would look through the indexes of the shop, too.
        rows = rows.filter(assignee=assignee, shop__in=scope.shop_ids)
    elif wanted.product:
        rows = rows.filter(of_lane(scope, "all"))
    else:
        return None
    rows = rows.filter(product=wanted.product) if wanted.product else rows
    positions = list(_positions(rows, wanted, scope)[: FEW + 1])
    return positions if len(positions) <= FEW else None


def _positions(
    rows: QuerySet[Conversation], wanted: Filter, scope: Scope
) -> QuerySet[Conversation, Position]:
    time = "waiting_since" if wanted.sort == WAITING else "last_message_at"
    rows = rows.filter((f"{time}__isnull", False), last_sequence__gt=0)
    return rows.filter(has_lane(scope.user_id, wanted.lane)).order_by().values_list(time, "pk")


def _unread(scope: Scope) -> QuerySet[Any, int]:
    unread = Notification.objects.filter(recipient=scope.user_id, is_notice=False, read_at=None)
    # With a join PostgreSQL would read the news of all shops.
    about = Subquery(News.objects.filter(pk=OuterRef("news")).values("subject_id"))
    return unread.values_list(about, flat=True)


def _read(rows: QuerySet[Any, int]) -> list[int]:
    return list(rows.order_by()[: FEW + 1])
