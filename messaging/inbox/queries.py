"""Load the rows of an inbox, with everything that a row shows."""

from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from messaging import access
from messaging.filtering import queries as filtering
from messaging.filtering.filters import Filter
from messaging.host import host
from messaging.models import SUBJECT_KIND, Conversation, Message, Side
from notifications.models import Notification
from trato.pagination import FIRST_PAGE, Cursor, Page, PageRequest
from trato.people import Person, name_column_of
from trato.prepared import prepared

from .rows import padded

# Only what a list shows: loading five complete models per row takes a quarter longer.
DRAWN_OF_MESSAGE = (
    "conversation", "sequence", "side", "body", "attached", "removed_at", "withdrawn_at",
    "is_automatic", name_column_of("sender"),
)  # fmt: skip
DRAWN = (
    "product_title", "product_image", "last_message_at", "last_sequence", "turn", "waiting_since",
    "assignee", name_column_of("assignee"),
    name_column_of("consumer"), f"shop__{host.shop_name_field}",
    *(f"last_message__{name}" for name in DRAWN_OF_MESSAGE),
    *(f"consumer__{name}" for name in [host.person_picture_field] if name),
    *(f"shop__{name}" for name in [host.shop_picture_field] if name),
)  # fmt: skip


def conversation_list(
    user: Person,
    wanted: PageRequest = FIRST_PAGE,
    *,
    words: str = "",
    unread_only: bool = False,
    only: Filter | None = None,
    scope: access.Scope | None = None,
) -> Page[Conversation]:
    """Return a page of a person's conversations, with everything that a list shows of them.

    Each has `is_unread`: whether the badge counts it, see `notifications.queries`.

    Args:
        words, unread_only: a filter by only these.
        only: any filter, instead of these.
        scope: the person's scope, if the caller knows it.
    """
    filtered = only or Filter(words=words, unread=unread_only)
    size = settings.CONVERSATION_PAGE_SIZE
    cursors = filtering.page_of(scope or access.scope_of(user), filtered, wanted, size)
    return Page(_drawable(user, cursors.rows), older=cursors.older, newer=cursors.newer)


def conversations_in(
    user: Person, scope: access.Scope, wanted: Filter, ids: list[int]
) -> list[Conversation]:
    """Return the given conversations that belong in a list, as `conversation_list` does."""
    cursors = filtering.those_of(scope, wanted, ids)
    return _drawable(user, cursors)


def _drawable(user: Person, cursors: list[Cursor]) -> list[Conversation]:
    """Load the conversations at the given cursors with everything that a list shows of them."""
    if not cursors:
        return []
    ids = padded(cursor.pk for cursor in cursors)
    rows = {row.pk: row for row in _rows(user.pk, *ids)}
    for row in rows.values():
        row.previewed = row.last_message
    _preview_questions(user.pk, rows)
    return [rows[cursor.pk] for cursor in cursors if cursor.pk in rows]


def _preview_questions(user_id: int, rows: dict[int, Conversation]) -> None:
    """Show a shop's team a question in place of the automatic reply, which says nothing new."""
    replies = [
        (row.pk, row.last_message.sequence)
        for row in rows.values()
        if row.last_message and row.last_message.is_automatic and row.consumer_id != user_id
    ]
    if not replies:
        return
    before = (Q(conversation=pk, sequence=sequence - 1) for pk, sequence in replies)
    questions = Message.objects.filter(reduce(or_, before), side=Side.CONSUMER)
    for question in questions.select_related("sender").only(*DRAWN_OF_MESSAGE):
        rows[question.conversation_id].previewed = question


@prepared
def _rows(user_id: int, *ids: int) -> QuerySet[Conversation, Any]:
    unread = Notification.objects.filter(
        recipient_id=user_id,
        news__subject_kind=SUBJECT_KIND,
        news__subject_id=OuterRef("pk"),
        read_at=None,
    )
    members = host.active_members().filter(shop_id=OuterRef("shop_id"))
    # An `Exists` makes PostgreSQL read the members of all shops, for 25 rows.
    works_there = members.filter(user_id=OuterRef("assignee_id")).values("user_id")[:1]
    return (
        access.conversations_of(user_id)
        .filter(pk__in=ids)
        .select_related("assignee", "consumer", "shop", "last_message__sender")
        .only(*DRAWN)
        .annotate(is_unread=Exists(unread), has_assignee=Subquery(works_there))
    )
