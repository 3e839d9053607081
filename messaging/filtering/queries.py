"""Find a filter's conversations, page by page, and count the lanes."""

from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, Min, Q, QuerySet, When
from django.utils import timezone

from messaging import inbox_order, search
from messaging.access import Scope
from messaging.lanes import queries as lanes
from messaging.models import Conversation, Participant
from messaging.sides import Side
from trato.array_parameters import listed
from trato.pagination import FIRST_PAGE, Cursor, Page, PageRequest, page
from trato.prepared import prepared

from .filters import WAITING, Filter, conditions
from .small_results import SmallResult, small_result

SEARCHES = 4  # at most, for one page: the rest of a filter may exclude everything that was found
EVERYTHING = Filter()


def page_of(scope: Scope, wanted: Filter, start: PageRequest, size: int) -> Page[Cursor]:
    """Return a page of a person's conversations that have a message, by their cursors.

    They are sorted by the last message, by the news if the filter is only for unread ones, or by
    who has waited longest. A search only continues towards older conversations; there may be more
    to search even if it has found nothing yet.
    """
    if wanted.words:
        before = None if start.newer else start.cursor
        cursors, older = _searched(scope, wanted, before, size)
        return Page(cursors, older=older)
    return page(_reader(scope, wanted), lambda cursor: cursor, start, size)


def those_of(scope: Scope, wanted: Filter, ids: list[int]) -> list[Cursor]:
    """Return the given conversations that match a filter; its words are ignored."""
    condition = conditions(wanted, scope, timezone.now())
    return SmallResult(ids, condition, wanted, scope).read(FIRST_PAGE, len(ids))


def ids_of(scope: Scope, wanted: Filter, limit: int) -> list[int]:
    """Return the IDs of a filter's first conversations, for an action on all of them."""
    if not wanted.words:
        return [cursor.pk for cursor in _reader(scope, wanted)(FIRST_PAGE, limit)]
    ids: list[int] = []
    before: Cursor | None = None
    while len(ids) < limit:
        cursors, before = _searched(scope, wanted, before, limit - len(ids))
        ids += [cursor.pk for cursor in cursors]
        if before is None:
            break
    return ids


def counts_of(scope: Scope) -> dict[str, int]:
    """Return how many conversations are in each lane, without archived and snoozed ones."""
    return counts_and_waking(scope)[0]


def counts_and_waking(scope: Scope) -> tuple[dict[str, int], datetime | None]:
    """Return the same numbers, and when the first snoozed conversation wakes."""
    numbers, now = lanes.counts(scope), timezone.now()
    wakes_at: datetime | None = None
    for turn, is_mine, number, until in _hidden(scope.user_id, now, *scope.shop_ids):
        side = Side.CONSUMER if is_mine else Side.SELLER
        numbers[lanes.lane_of(turn, side)] -= number
        numbers[lanes.ALL] -= number
        if until:
            wakes_at = min(until, wakes_at or until)
    return numbers, wakes_at


def _reader(scope: Scope, wanted: Filter) -> Any:
    """Return a function that reads rows of a page, see `trato.pagination.page`."""
    now = timezone.now()
    if wanted == EVERYTHING:

        def read_all(start: PageRequest, limit: int) -> list[Cursor]:
            if start == FIRST_PAGE:
                return _cursors(_newest(scope.user_id, now, *scope.shop_ids, limit=limit))
            among = Conversation.objects.filter(conditions(wanted, scope, now))
            return _cursors(inbox_order.upcoming(scope, start, limit, among=among))

        return read_all
    if result := small_result(wanted, scope, now):
        return result.read
    among = Conversation.objects.filter(conditions(wanted, scope, now))

    def read(start: PageRequest, limit: int) -> list[Cursor]:
        if wanted.sort == WAITING:
            return _cursors(inbox_order.longest_waiting(scope, start, limit, wanted.lane, among))
        keys = inbox_order.upcoming(
            scope,
            start,
            limit,
            among=among,
            lane=wanted.lane,
            unread_only=wanted.unread and wanted.number == 1,
        )
        return _cursors(keys)

    return read


def _searched(
    scope: Scope, wanted: Filter, before: Cursor | None, size: int
) -> tuple[list[Cursor], Cursor | None]:
    """Search, and keep the conversations that match the other parts of a filter."""
    kept: list[Cursor] = []
    condition = Q(lanes.of_lane(scope, wanted.lane), conditions(wanted, scope, timezone.now()))
    is_more = wanted.number > wanted.unread or wanted.lane != lanes.ALL
    for _attempt in range(SEARCHES if is_more else 1):
        cursors, before = search.conversations_with(
            scope, wanted.words, before, size, unread_only=wanted.unread
        )
        rows = Conversation.objects.filter(condition, pk__in=listed(one.pk for one in cursors))
        fitting = set(rows.values_list("pk", flat=True)) if cursors else set()
        for cursor in cursors:
            if cursor.pk in fitting:
                kept.append(cursor)
            if len(kept) == size and cursor != cursors[-1]:
                return kept, cursor
        if before is None or len(kept) >= size:
            break
    return kept, before


def _cursors(keys: Any) -> list[Cursor]:
    return [Cursor(at, pk) for pk, at in keys]


@prepared
def _newest(user_id: int, now: datetime, *shop_ids: int, limit: int) -> inbox_order.Keys:
    scope = Scope(user_id, shop_ids)
    among = Conversation.objects.filter(conditions(EVERYTHING, scope, now))
    return inbox_order.upcoming(scope, FIRST_PAGE, limit, among=among)


@prepared
def _hidden(user_id: int, now: datetime, *shop_ids: int) -> QuerySet[Participant, Any]:
    still = Q(conversation__consumer_id=user_id) | Q(conversation__shop_id__in=shop_ids)
    own = Participant.objects.filter(still, user_id=user_id, conversation__last_sequence__gt=0)
    archived = Q(archived_sequence__gte=F("conversation__last_sequence"))
    asleep = Q(snoozed_until__gt=now, snoozed_sequence__gte=F("conversation__last_sequence"))
    kept = Q(archived_sequence__isnull=False) | Q(snoozed_until__isnull=False)
    rows = own.filter(kept, archived | asleep).order_by()
    is_mine = Case(When(conversation__consumer_id=user_id, then=True), default=False)
    return (
        rows.values("conversation__turn", is_mine=is_mine)
        .annotate(number=Count("*"), until=Min("snoozed_until", filter=Q(snoozed_until__gt=now)))
        .values_list("conversation__turn", "is_mine", "number", "until")
    )
