"""Notify people, and mark notifications as read."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from trato.clock import database_now
from trato.people import Person
from trato.realtime import groups

from .models import Notification


def notify(
    recipient_ids: Collection[int],
    *,
    subject_kind: str,
    subject_id: int,
    title: str,
    excerpt: str,
    url: str,
    happened_at: datetime | None = None,
    team_id: int | None = None,
    announce: bool = True,
) -> None:
    """Make one subject unread for some people, in one statement, and update their badges.

    News about a subject that is unread already changes its row and adds none. Call it inside the
    transaction that stores the news: the badges change on commit.

    Args:
        recipient_ids: who is told.
        subject_kind, subject_id: what it is about, for example `"conversation"`, 12.
        title, excerpt: what the list and the toast show; cut to fit.
        url: the address on this site that shows the news.
        happened_at: now, if left out.
        team_id: the shop whose members they are, if they are told as such. Whoever is no longer
            one has this news no longer.
        announce: False if the caller rings the badges itself.
    """
    if not recipient_ids:
        return
    at = happened_at or database_now()
    Notification.objects.bulk_create(
        [
            Notification(
                recipient_id=recipient_id,
                subject_kind=subject_kind,
                subject_id=subject_id,
                team_id=team_id,
                title=title[:120],
                excerpt=excerpt[:160],
                url=url,
                happened_at=at,
            )
            for recipient_id in sorted(recipient_ids)  # one lock order for all writers
        ],
        update_conflicts=True,
        unique_fields=["recipient", "subject_kind", "subject_id"],
        update_fields=["team_id", "title", "excerpt", "url", "happened_at", "read_at"],
    )
    if announce:
        announce_badges(recipient_ids)


def mark_read(user: Person, *, subject_kind: str, subject_id: int, announce: bool = True) -> bool:
    """Mark the notification of a subject that a person has seen as read, in all of their tabs.

    Args:
        announce: False if the caller rings the badge itself.

    Returns:
        Whether it was unread.
    """
    changed = Notification.objects.filter(
        recipient_id=user.pk, subject_kind=subject_kind, subject_id=subject_id, read_at=None
    ).update(read_at=Now())
    if changed and announce:
        announce_badges([user.pk])
    return bool(changed)


def mark_all_read(user: Person) -> int:
    """Mark everything of a person as read; returns how many were unread."""
    with transaction.atomic():
        unread = Notification.objects.filter(recipient_id=user.pk, read_at=None)
        changed = _locked(unread).update(read_at=Now())
        if changed:
            announce_badges([user.pk])
    return changed


def announce_badges(user_ids: Collection[int]) -> None:
    """Tell people's sockets on commit that their unread number changed; the sockets recount."""
    groups.send_on_commit([groups.user_group(pk) for pk in user_ids], {"type": "badge.changed"})


@transaction.atomic
def withdraw_excerpt(*, subject_kind: str, subject_id: int, excerpt: str) -> None:
    """Show some words no longer wherever a subject's notifications quote them.

    Args:
        subject_kind, subject_id: as for `notify`.
        excerpt: what `notify` was given with the words that were removed.
    """
    quoting = Notification.objects.filter(
        subject_kind=subject_kind, subject_id=subject_id, excerpt=excerpt[:160]
    )
    _locked(quoting).update(excerpt="")


def lock(keys: Collection[int]) -> None:
    """Lock notifications before several of them are deleted, as `_locked` does."""
    _locked(Notification.objects.filter(pk__in=keys))


def _locked(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    """These rows, locked in the one order in which everybody locks notifications.

    See docs/decisions/0013-lock-order.md; an UPDATE of several takes them as they come.
    """
    in_order = rows.order_by("recipient_id", "subject_id").select_for_update(no_key=True)
    return Notification.objects.filter(pk__in=list(in_order.values_list("pk", flat=True)))
