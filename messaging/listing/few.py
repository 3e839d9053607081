"""Filters that leave few conversations: these are all read, and sorted here.

The database would often rather walk through the whole list in its order, and look for a starred
conversation in each of fifty thousand. It sorts two thousand just as fast as it reads them.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from messaging.access import Scope
from messaging.lanes.queries import of_lane
from messaging.models import SUBJECT_KIND, Conversation, ConversationLabel, Participant
from notifications.models import Notification
from trato.listed import listed
from trato.pagination import Cursor, PageRequest

from .filters import WAITING, Filter

FEW = 2_000  # conversations


def few(wanted: Filter, scope: Scope) -> list[int] | None:
    """Return the IDs of the conversations that one of a filter's parts leaves, if they are few."""
    smallest: list[int] | None = None
    for part in _parts(wanted, scope):
        ids = list(part.order_by()[: FEW + 1])
        if len(ids) <= FEW and (smallest is None or len(ids) < len(smallest)):
            smallest = ids
    return smallest


def _parts(wanted: Filter, scope: Scope) -> Iterator[QuerySet[Any, int]]:
    own = Participant.objects.filter(user=scope.user_id)
    kept = {
        "starred_at": wanted.starred,
        "archived_sequence": wanted.archived,
        "snoozed_until": wanted.snoozed,
    }
    for column, is_wanted in kept.items():
        if is_wanted:
            yield own.filter((f"{column}__isnull", False)).values_list("conversation_id", flat=True)
    if wanted.label:
        labelled = ConversationLabel.objects.filter(label=wanted.label)
        yield labelled.values_list("conversation_id", flat=True)
    rows = Conversation.objects.values_list("pk", flat=True)
    if wanted.product:
        yield rows.filter(of_lane(scope, "all"), product=wanted.product)
    if wanted.assigned and wanted.assigned != "none":
        assignee = scope.user_id if wanted.assigned == "me" else int(wanted.assigned)
        yield rows.filter(assignee=assignee, shop__in=scope.shop_ids)
    if wanted.unread:
        unread = Notification.objects.filter(recipient=scope.user_id, read_at=None)
        about = unread.filter(news__subject_kind=SUBJECT_KIND)
        yield about.values_list("news__subject_id", flat=True)


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
