"""The rows of an inbox, and all that a row shows."""

from django.conf import settings
from django.db.models import Exists, OuterRef

from messaging import access, inbox_order, search
from messaging.host import host
from messaging.models import SUBJECT_KIND, Conversation
from notifications.models import Notification
from trato.pagination import FIRST_PAGE, Cursor, Page, PageRequest, page
from trato.people import Person, name_column_of

# What a list draws: five whole models a row take a quarter longer to read.
DRAWN = (
    "product_title", "product_image", "last_message_at", name_column_of("consumer"),
    f"shop__{host.shop_name_field}", "last_message__side", "last_message__body",
    "last_message__removed_at", name_column_of("last_message__sender"),
)  # fmt: skip


def conversation_list(
    user: Person, wanted: PageRequest = FIRST_PAGE, *, words: str = "", unread_only: bool = False
) -> Page[Conversation]:
    """A page of a person's conversations that have a message, the newest first.

    Each has `is_unread`: whether the badge counts it. Only those, if asked for, come by the time of
    the news instead. A search only reads on towards older ones, and may have more to look through
    although it found nothing yet.
    """
    size = settings.CONVERSATION_PAGE_SIZE
    scope = access.scope_of(user)

    def upcoming_cursors(wanted: PageRequest, limit: int) -> list[Cursor]:
        keys = inbox_order.upcoming(scope, wanted, limit, unread_only=unread_only)
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


def _drawable(user: Person, cursors: list[Cursor]) -> list[Conversation]:
    """Load the conversations at some cursors with everything that a list shows of them."""
    unread = Notification.objects.filter(
        recipient_id=user.pk,
        news__subject_kind=SUBJECT_KIND,
        news__subject_id=OuterRef("pk"),
        read_at=None,
    )
    rows = (
        access.conversations_of(user)
        .filter(pk__in=[cursor.pk for cursor in cursors])
        .select_related("consumer", "shop", "last_message__sender")
        .only(*DRAWN)
        .annotate(is_unread=Exists(unread))
        .in_bulk()
    )
    return [rows[cursor.pk] for cursor in cursors if cursor.pk in rows]
