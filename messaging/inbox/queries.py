"""Load the rows of an inbox, with everything that a row shows."""

from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from messaging import access, inbox_order, search
from messaging.host import host
from messaging.models import SUBJECT_KIND, Conversation
from notifications.models import Notification
from trato.pagination import FIRST_PAGE, Cursor, Page, PageRequest, page
from trato.people import Person, name_column_of
from trato.prepared import prepared

ROWS_STEP = 25  # the number of rows is rounded up to a multiple of it

# Only what a list shows: loading five complete models per row takes a quarter longer.
DRAWN = (
    "product_title", "product_image", "last_message_at", "last_sequence",
    name_column_of("consumer"), f"shop__{host.shop_name_field}", "last_message__side",
    "last_message__body", "last_message__removed_at", "last_message__is_automatic",
    name_column_of("last_message__sender"),
    *(f"consumer__{name}" for name in [host.person_picture_field] if name),
    *(f"shop__{name}" for name in [host.shop_picture_field] if name),
)  # fmt: skip


def conversation_list(
    user: Person, wanted: PageRequest = FIRST_PAGE, *, words: str = "", unread_only: bool = False
) -> Page[Conversation]:
    """Return a page of a person's conversations that have a message, newest first.

    Each has `is_unread`: whether the badge counts it. If only those are requested, they are sorted
    by the time of the news. A search only continues towards older ones, and may have more to search
    even if it has found nothing yet.
    """
    size = settings.CONVERSATION_PAGE_SIZE
    scope = access.scope_of(user)

    def upcoming_cursors(wanted: PageRequest, limit: int) -> list[Cursor]:
        keys = (
            _newest(scope.user_id, *scope.shop_ids, limit=limit, unread_only=unread_only)
            if wanted == FIRST_PAGE
            else inbox_order.upcoming(scope, wanted, limit, unread_only=unread_only)
        )
        return [Cursor(at, pk) for pk, at in keys]

    if words:
        before = None if wanted.newer else wanted.cursor
        cursors, older = search.conversations_with(
            scope, words, before, size, unread_only=unread_only
        )
        page_of_cursors = Page(cursors, older=older)
    else:
        page_of_cursors = page(upcoming_cursors, lambda cursor: cursor, wanted, size)
    rows = _drawable(user, page_of_cursors.rows)
    return Page(rows, older=page_of_cursors.older, newer=page_of_cursors.newer)


@prepared
def _newest(user_id: int, *shop_ids: int, limit: int, unread_only: bool) -> inbox_order.Keys:
    scope = access.Scope(user_id, shop_ids)
    return inbox_order.upcoming(scope, FIRST_PAGE, limit, unread_only=unread_only)


def _drawable(user: Person, cursors: list[Cursor]) -> list[Conversation]:
    """Load the conversations at the given cursors with everything that a list shows of them."""
    if not cursors:
        return []
    ids = [cursor.pk for cursor in cursors]
    ids += ids[:1] * (-len(ids) % ROWS_STEP)  # so that few different statements are written
    rows = {row.pk: row for row in _rows(user.pk, *ids)}
    return [rows[cursor.pk] for cursor in cursors if cursor.pk in rows]


@prepared
def _rows(user_id: int, *ids: int) -> QuerySet[Conversation, Any]:
    unread = Notification.objects.filter(
        recipient_id=user_id,
        news__subject_kind=SUBJECT_KIND,
        news__subject_id=OuterRef("pk"),
        read_at=None,
    )
    return (
        access.conversations_of(user_id)
        .filter(pk__in=ids)
        .select_related("consumer", "shop", "last_message__sender")
        .only(*DRAWN)
        .annotate(is_unread=Exists(unread))
    )
