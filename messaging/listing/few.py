"""Filters that leave few conversations: these are all read, and sorted here.

The database would often rather walk through the whole list in its order, and look for a starred
conversation in each of fifty thousand. It sorts two thousand just as fast as it reads them.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from messaging.access import Scope
from messaging.lanes.queries import of_lane
from messaging.models import Conversation, ConversationLabel, Participant
from notifications.models import News, Notification
from trato.listed import listed
from trato.pagination import Cursor, PageRequest

from .filters import WAITING, Filter

FEW = 2_000  # conversations


def few(wanted: Filter, scope: Scope) -> tuple[list[int], Filter] | None:
    """Return the IDs of the conversations that one of a filter's parts leaves, if they are few.

    Returns:
        The IDs, and the filter that is left to apply to them.
    """
    smallest: tuple[list[int], Filter] | None = None
    for part, rest in _parts(wanted, scope):
        ids = list(part.order_by()[: FEW + 1])
        if len(ids) <= FEW and (smallest is None or len(ids) < len(smallest[0])):
            smallest = ids, rest
    return smallest


def _parts(wanted: Filter, scope: Scope) -> Iterator[tuple[QuerySet[Any, int], Filter]]:
    """Yield the conversations of each part, and what is left of the filter."""
    own = Participant.objects.filter(user=scope.user_id)
    kept = {
        "starred_at": wanted.starred,
        "archived_sequence": wanted.archived,
        "snoozed_until": wanted.snoozed,
    }
    for column, is_wanted in kept.items():
        if is_wanted:
            kept_ids = own.filter((f"{column}__isnull", False))
            yield kept_ids.values_list("conversation_id", flat=True), wanted
    if wanted.label:
        labelled = ConversationLabel.objects.filter(label=wanted.label)
        yield labelled.values_list("conversation_id", flat=True), wanted
    rows = Conversation.objects.values_list("pk", flat=True)
    if wanted.product:
        yield rows.filter(of_lane(scope, "all"), product=wanted.product), wanted
    if wanted.assigned and wanted.assigned != "none":
        assignee = scope.user_id if wanted.assigned == "me" else int(wanted.assigned)
        yield rows.filter(assignee=assignee, shop__in=scope.shop_ids), wanted
    if wanted.unread:
        unread = Notification.objects.filter(recipient=scope.user_id, is_notice=False, read_at=None)
        # With a join PostgreSQL would read the news of all shops.
        about = Subquery(News.objects.filter(pk=OuterRef("news")).values("subject_id"))
        yield unread.values_list(about, flat=True), replace(wanted, unread=False)


class Few:
    """Some conversations by their IDs, in the order of a filter."""

    def __init__(self, ids: list[int], condition: Q, wanted: Filter, scope: Scope) -> None:
        time = "waiting_since" if wanted.sort == WAITING else "last_message_at"
        rows = Conversation.objects.filter(
            condition, of_lane(scope, wanted.lane), pk__in=listed(ids), last_sequence__gt=0
        )
        pairs: list[tuple[datetime, int]] = list(
            rows.filter((f"{time}__isnull", False)).values_list(time, "pk")
        )
        self.is_rising = wanted.sort == WAITING
        self.positions = sorted(pairs, reverse=not self.is_rising)

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
        return [Cursor(*one) for one in positions[:limit]]
