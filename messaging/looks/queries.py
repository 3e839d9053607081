"""Which looks of staff the two sides of a conversation see."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from messaging.models import Conversation, Look
from trato.pagination import Cursor, Page, PageRequest, ordered, page


def shown(conversation: Conversation) -> QuerySet[Look]:
    """Return the looks that both sides may see now.

    Others come later: those of the last `LOOKS_SHOWN_AFTER_HOURS`, those for a case that is open,
    and those for a case that staff keep quiet for longer.
    """
    now = timezone.now()
    is_over = Q(case__closed_at__isnull=False)
    is_told = Q(case__quiet_until=None) | Q(case__quiet_until__lte=now)
    rows = Look.objects.filter(
        conversation=conversation.pk,
        created_at__lte=now - timedelta(hours=settings.LOOKS_SHOWN_AFTER_HOURS),
    )
    return rows.filter(Q(case=None) | (is_over & is_told))


def any_shown(conversation: Conversation) -> bool:
    """Whether there is a look to show. Asks nothing where staff have never looked."""
    return conversation.has_looks and shown(conversation).exists()


def page_of(conversation: Conversation, wanted: PageRequest) -> Page[Look]:
    """Return a page of the looks, newest first."""

    def read(start: PageRequest, limit: int) -> list[Look]:
        return list(ordered(shown(conversation), start, time="created_at")[:limit])

    return page(read, lambda row: Cursor(row.created_at, row.pk), wanted, settings.LOOKS_PAGE_SIZE)
