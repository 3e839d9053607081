"""The rows of an inbox, and all that a row shows."""

from django.conf import settings
from django.db.models import Exists, OuterRef

from messaging import access, search, upcoming
from messaging.host import host
from messaging.models import SUBJECT_KIND, Conversation
from notifications.models import Notification
from trato.pagination import TOP, Page, Place, Start, page
from trato.people import Person, name_column_of

# What a list draws: five whole models a row take a quarter longer to read.
DRAWN = (
    "product_title", "product_image", "last_message_at", name_column_of("consumer"),
    f"shop__{host.shop_name_field}", "last_message__side", "last_message__body",
    "last_message__removed_at", name_column_of("last_message__sender"),
)  # fmt: skip


def conversation_list(
    user: Person, start: Start = TOP, *, words: str = "", unread_only: bool = False
) -> Page[Conversation]:
    """A page of a person's conversations that have a message, the newest first.

    Each has `is_unread`: whether the badge counts it. Only those, if asked for, come by the time of
    the news instead. A search reads on towards older ones alone, and may have places further back
    to look at although it found nothing up to there.
    """
    size = settings.CONVERSATION_PAGE_SIZE
    scope = access.scope_of(user)

    def next_places(start: Start, limit: int) -> list[Place]:
        keys = upcoming.upcoming(scope, start, limit, unread_only=unread_only)
        return [Place(at, pk) for pk, at in keys]

    if words:
        before = None if start.newer else start.place
        places, older = search.found(scope, words, before, size, unread_only=unread_only)
        found = Page(places, older=older)
    else:
        found = page(next_places, lambda place: place, start, size)
    return Page(_drawable(user, found.rows), older=found.older, newer=found.newer)


def _drawable(user: Person, places: list[Place]) -> list[Conversation]:
    """The conversations at some places, with all that a list draws of them."""
    unread = Notification.objects.filter(
        recipient_id=user.pk, subject_kind=SUBJECT_KIND, subject_id=OuterRef("pk"), read_at=None
    )
    rows = (
        access.conversations_of(user)
        .filter(pk__in=[place.pk for place in places])
        .select_related("consumer", "shop", "last_message__sender")
        .only(*DRAWN)
        .annotate(is_unread=Exists(unread))
        .in_bulk()
    )
    return [rows[place.pk] for place in places if place.pk in rows]
