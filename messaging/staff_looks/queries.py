"""Queries for the staff looks that the two sides of a conversation see."""

from django.conf import settings
from django.db.models import QuerySet

from messaging.models import Conversation, Look
from trato.pagination import Cursor, Page, PageRequest, ordered, page


def shown(conversation: Conversation) -> QuerySet[Look]:
    """Return the looks into a conversation that both sides may see now."""
    return Look.shown().filter(conversation=conversation.pk)


def any_shown(conversation: Conversation) -> bool:
    """Whether there is a look to show. Makes no query if staff have never looked."""
    return conversation.has_looks and shown(conversation).exists()


def page_of(conversation: Conversation, wanted: PageRequest) -> Page[Look]:
    """Return a page of the looks, newest first."""

    def read(start: PageRequest, limit: int) -> list[Look]:
        return list(ordered(shown(conversation), start, time="created_at")[:limit])

    return page(read, lambda row: Cursor(row.created_at, row.pk), wanted, settings.LOOKS_PAGE_SIZE)
