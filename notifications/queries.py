"""What is unread, counted from the database.

Rows are counted, not their keys: the index of the unread ones is then all that is read.
"""

from collections.abc import Iterable

from django.db.models import Count, QuerySet, Subquery

from accounts.models import User
from accounts.paging import Page, Place, Start, ordered, page

from .models import Notification


def unread_count(user_id: int) -> int:
    """The badge of one person."""
    return Notification.objects.filter(recipient_id=user_id, read_at=None).count()


def unread_counts(user_ids: Iterable[int]) -> dict[int, int]:
    """The badges of several people in one query; who has nothing unread has 0."""
    ids = list(user_ids)
    rows = (
        Notification.objects.filter(recipient_id__in=ids, read_at=None)
        .order_by()
        .values_list("recipient_id")
        .annotate(unread=Count("*"))
    )
    return dict.fromkeys(ids, 0) | dict(rows)


def notifications_of(user: User) -> QuerySet[Notification]:
    """A person's notifications, newest first."""
    return Notification.objects.filter(recipient=user)


def notification_list(user: User, start: Start, size: int) -> Page[Notification]:
    """A page of a person's notifications, newest first."""

    def read(start: Start, limit: int) -> list[Notification]:
        return list(ordered(notifications_of(user), start, time="happened_at")[:limit])

    return page(read, lambda row: Place(row.happened_at, row.pk), start, size)


def unread_and_latest(user: User) -> tuple[int, Notification | None]:
    """The badge of a person and the newest unread notification, in one query."""
    waiting = notifications_of(user).filter(read_at=None)
    number = waiting.order_by().values("recipient").annotate(number=Count("*")).values("number")
    latest = waiting.annotate(unread=Subquery(number)).first()
    return (latest.unread, latest) if latest else (0, None)
