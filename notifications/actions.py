"""Notify people, and mark notifications as read."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from trato.clock import database_now
from trato.people import Person
from trato.realtime import groups

from .models import News, Notification


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
) -> list[int]:
    """Make one subject unread for some people, and update their badges.

    News about a subject that is unread already changes the words and the time, and adds no
    notification. Call it inside the transaction that stores the news: the badges change on commit.

    Args:
        recipient_ids: who is told.
        subject_kind, subject_id: what it is about, for example `"conversation"`, 12.
        title, excerpt: what the list and the toast show; cut to fit. All members of a team see
            the same text about a subject, and so do all recipients outside a team.
        url: the address on this site that shows the news.
        happened_at: now, if left out.
        team_id: the shop whose members they are, if they are told as such. Somebody who leaves the
            shop no longer sees this news.
        announce: False if the caller announces the changed badges itself.

    Returns:
        For whom it was not unread before, in order.
    """
    if not recipient_ids:
        return []
    with transaction.atomic():
        changed = _notify(
            recipient_ids,
            News(
                subject_kind=subject_kind,
                subject_id=subject_id,
                team_id=team_id or 0,
                title=title[:120],
                excerpt=excerpt[:160],
                url=url,
                happened_at=happened_at or database_now(),
            ),
        )
    if announce and changed:
        announce_badges(changed)
    return changed


@transaction.atomic
def mark_read(user: Person, *, subject_kind: str, subject_id: int, announce: bool = True) -> bool:
    """Mark the notification of a subject that a person has seen as read, in all of their tabs.

    Args:
        announce: False if the caller announces the changed badge itself.

    Returns:
        Whether it was unread.
    """
    unread = Notification.objects.filter(
        recipient_id=user.pk,
        news__subject_kind=subject_kind,
        news__subject_id=subject_id,
        read_at=None,
    )
    changed = bool(_mark_read(unread))
    if changed and announce:
        announce_badges([user.pk])
    return changed


@transaction.atomic
def mark_all_read(user: Person) -> int:
    """Mark everything of a person as read; returns how many were unread."""
    changed = _mark_read(Notification.objects.filter(recipient_id=user.pk, read_at=None))
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
    quoting = News.objects.filter(
        subject_kind=subject_kind, subject_id=subject_id, excerpt=excerpt[:160]
    )
    News.objects.filter(pk__in=_locked(quoting)).update(excerpt="")


def lock(keys: Collection[int]) -> None:
    """Lock what some notifications are about before several of them are deleted."""
    lock_news(Notification.objects.filter(pk__in=keys).values_list("news", flat=True))


def lock_news(keys: Iterable[int]) -> None:
    """Lock news before several of them are deleted, as `_locked` does."""
    _locked(News.objects.filter(pk__in=keys))


def _notify(recipient_ids: Collection[int], news: News) -> list[int]:
    [news] = News.objects.bulk_create(
        [news],
        update_conflicts=True,
        unique_fields=["subject_kind", "subject_id", "team_id"],
        update_fields=["title", "excerpt", "url", "happened_at"],
    )
    unread = Notification.objects.filter(news=news, read_at=None)
    changed = sorted(set(recipient_ids).difference(unread.values_list("recipient_id", flat=True)))
    Notification.objects.bulk_create(
        [Notification(recipient_id=pk, news=news, team_id=news.team_id) for pk in changed],
        update_conflicts=True,
        unique_fields=["news", "recipient"],
        update_fields=["read_at"],
    )
    return changed


def _mark_read(unread: QuerySet[Notification]) -> int:
    """Mark notifications as read under the locks of their news; returns how many were unread.

    What happens while this waits for a lock stays unread.
    """
    now = database_now()
    if not (news := _locked(News.objects.filter(pk__in=unread.values("news")))):
        return 0
    seen = News.objects.filter(pk__in=news, happened_at__lte=now)
    News.objects.filter(pk__in=news, told_at__isnull=False).update(told_at=None)
    return unread.filter(news__in=seen.values("pk")).update(read_at=Now())


def _locked(rows: QuerySet[News]) -> list[int]:
    """The keys of some news, locked in the one order in which everybody locks them.

    See docs/decisions/0013-lock-order.md; an UPDATE of several rows takes them as they come.
    """
    in_order = rows.order_by("subject_kind", "subject_id", "team_id").select_for_update(no_key=True)
    return list(in_order.values_list("pk", flat=True))
