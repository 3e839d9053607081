"""Notify people, and mark notifications as read."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now, Substr

from trato.array_parameters import listed
from trato.clock import database_now
from trato.people import Person
from trato.realtime import groups

from .announcements import actions as announcements
from .locks import about, get_or_create, locked
from .models import CONVERSATION, News, Notification

UPDATED = ["title", "excerpt", "url", "happened_at"]  # by later news about the same subject


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
    """Make a subject unread for some people, and update their badges.

    If the subject is already unread, this updates the text and the time, and adds no notification.
    Call it inside the transaction that stores the change: the badges change on commit.

    Args:
        recipient_ids: the people to notify. If empty, stored news is still updated.
        subject_kind, subject_id: what it is about, for example `"conversation"`, 12.
        title, excerpt: what the list and the toast show; truncated to fit. All members of a team
            see the same text about a subject, and so do all recipients outside a team.
        url: the URL on this site that shows the news.
        happened_at: now by default.
        team_id: the shop, if the recipients are notified as its members. Anybody who leaves the
            shop no longer sees the news.
        announce: False if the caller announces the changed badges itself.

    Returns:
        The recipients for whom it was not unread before, in order.
    """
    news = News(
        subject_kind=subject_kind,
        subject_id=subject_id,
        team_id=team_id or 0,
        title=title[:120],
        excerpt=excerpt[:160],
        url=url,
        happened_at=happened_at or database_now(),
    )
    if not recipient_ids:
        stored = about(subject_kind, [subject_id]).filter(team_id=news.team_id)
        stored.update(**{name: getattr(news, name) for name in UPDATED})
        return []
    with transaction.atomic():
        changed = _notify(recipient_ids, news)
    if announce and changed:
        announce_badges(changed)
    return changed


@transaction.atomic
def notify_each(news: Collection[tuple[int, News]]) -> None:
    """Notify each person about a different subject, with a fixed number of queries.

    Args:
        news: unsaved, each with its recipient's ID. These subjects must not have news yet.
    """
    recipients = [pk for pk, _row in news]
    for row in (rows := [row for _pk, row in news]):
        row.title, row.excerpt = row.title[:120], row.excerpt[:160]
    stored = News.objects.bulk_create(rows)
    Notification.objects.bulk_create(
        Notification(
            recipient_id=pk,
            news=row,
            team_id=row.team_id,
            is_notice=row.subject_kind != CONVERSATION,
        )
        for pk, row in zip(recipients, stored, strict=True)
    )
    announce_badges(recipients)


@transaction.atomic
def mark_read(user: Person, *, subject_kind: str, subject_id: int, announce: bool = True) -> bool:
    """Mark a person's notification about a subject as read, in all tabs.

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
def mark_all_read(user: Person, *, notices_only: bool = False) -> int:
    """Mark all of a person's notifications and announcements as read; return how many were."""
    unread = Notification.objects.filter(recipient_id=user.pk, read_at=None)
    changed = _mark_read(unread.filter(is_notice=True) if notices_only else unread)
    if changed:
        announce_badges([user.pk])
    return changed + announcements.mark_all_read(user)


@transaction.atomic
def mark_many_read(user: Person, *, subject_kind: str, subject_ids: Collection[int]) -> None:
    """Mark a person's notifications about several subjects as read, in all tabs."""
    about = Notification.objects.filter(
        recipient_id=user.pk,
        news__subject_kind=subject_kind,
        news__subject_id__in=listed(subject_ids),
        read_at=None,
    )
    if _mark_read(about):
        announce_badges([user.pk])


@transaction.atomic
def mark_read_by_all(subject_kind: str, subject_ids: Collection[int], *, is_team: bool) -> None:
    """Mark everybody's notifications about some subjects as read, and announce the badges.

    Args:
        is_team: True for people who were notified as members of a team, False for all others.
    """
    rows = about(subject_kind, subject_ids)
    rows = rows.exclude(team_id=0) if is_team else rows.filter(team_id=0)
    unread = Notification.objects.filter(news__in=rows, read_at=None)
    recipients = sorted(set(unread.values_list("recipient_id", flat=True)))
    if _mark_read(unread):
        announce_badges(recipients)


@transaction.atomic
def make_unread(user: Person, news: Collection[News]) -> set[int]:
    """Make subjects unread for one person, although nothing new has happened.

    Args:
        news: about subjects of one kind. Its text is used only where no news exists yet.

    Returns:
        The IDs of the subjects that were not unread before. The caller announces the badge.
    """
    rows = get_or_create(news)
    unread = Notification.objects.filter(
        recipient_id=user.pk, news__in=listed(row.pk for row in rows), read_at=None
    )
    already = set(unread.values_list("news_id", flat=True))
    changed = [row for row in rows if row.pk not in already]
    Notification.objects.bulk_create(
        [Notification(recipient_id=user.pk, news=row, team_id=row.team_id) for row in changed],
        update_conflicts=True,
        unique_fields=["news", "recipient"],
        update_fields=["read_at"],
    )
    return {row.subject_id for row in changed}


@transaction.atomic
def mute(user: Person, news: Collection[News], *, is_muted: bool) -> None:
    """Stop or resume counting some subjects in a person's badge, and announce the badge.

    Args:
        news: as for `make_unread`.
    """
    now = database_now()
    Notification.objects.bulk_create(
        [
            Notification(
                recipient_id=user.pk,
                news=row,
                team_id=row.team_id,
                read_at=now,  # for rows that did not exist
                is_muted=is_muted,
            )
            for row in get_or_create(news)
        ],
        update_conflicts=True,
        unique_fields=["news", "recipient"],
        update_fields=["is_muted"],
    )
    announce_badges([user.pk])


def announce_badges(user_ids: Collection[int]) -> None:
    """On commit, send people's sockets an event to recount their unread notifications."""
    groups.send_on_commit([groups.user_group(pk) for pk in user_ids], {"type": "badge.changed"})


@transaction.atomic
def find_recipients_again(subject_kind: str, subject_ids: Iterable[int]) -> None:
    """Make the next news about some subjects determine again which team members to notify.

    Call it when that has changed: after a send has notified everybody, further sends rely on that
    for `FIND_RECIPIENTS_AGAIN_SECONDS`, see `sql.notify_in_statement`.
    """
    announced = about(subject_kind, list(subject_ids)).filter(team_id__gt=0, told_at__isnull=False)
    if news := locked(announced):
        News.objects.filter(pk__in=listed(news)).update(told_at=None)


@transaction.atomic
def replace_excerpt(
    *, subject_kind: str, subject_id: int, team_id: int, excerpt: str, by: str = ""
) -> None:
    """Replace a message's text in the notifications that quote it.

    Args:
        subject_kind, subject_id: as for `notify`.
        team_id: the team that was notified; 0 for one person.
        excerpt: the excerpt that `notify` got for the message.
        by: the new excerpt; empty if the message is removed or withdrawn.
    """
    quoting = about(subject_kind, [subject_id]).filter(team_id=team_id, excerpt=excerpt[:160])
    News.objects.filter(pk__in=locked(quoting)).update(excerpt=by[:160])


@transaction.atomic
def forget(subject_kind: str, subject_ids: Collection[int], *, unread_only: bool = False) -> None:
    """Delete all notifications about some subjects, to remove the text in them.

    Args:
        unread_only: keep news that anybody has read.
    """
    rows = about(subject_kind, subject_ids)
    if unread_only:
        rows = rows.exclude(
            Exists(Notification.objects.filter(news=OuterRef("pk"), read_at__isnull=False))
        )
    news = News.objects.filter(pk__in=locked(rows))
    unread = Notification.objects.filter(news__in=news, read_at=None)
    recipients = sorted(set(unread.values_list("recipient_id", flat=True)))
    news.delete()
    announce_badges(recipients)


@transaction.atomic
def drop_name(subject_kind: str, subject_ids: Collection[int], name: str) -> None:
    """Remove a name from the beginning of the titles of news about some subjects."""
    named = about(subject_kind, subject_ids).filter(title__startswith=name)
    News.objects.filter(pk__in=locked(named)).update(title=Substr("title", len(name) + 1))


def _notify(recipient_ids: Collection[int], news: News) -> list[int]:
    [news] = News.objects.bulk_create(
        [news],
        update_conflicts=True,
        unique_fields=["subject_kind", "subject_id", "team_id"],
        update_fields=UPDATED,
    )
    is_notice = news.subject_kind != CONVERSATION
    unread = Notification.objects.filter(news=news, read_at=None)
    changed = sorted(set(recipient_ids).difference(unread.values_list("recipient_id", flat=True)))
    Notification.objects.bulk_create(
        [
            Notification(recipient_id=pk, news=news, team_id=news.team_id, is_notice=is_notice)
            for pk in changed
        ],
        update_conflicts=True,
        unique_fields=["news", "recipient"],
        update_fields=["read_at"],
    )
    return changed


def _mark_read(unread: QuerySet[Notification]) -> int:
    """Mark notifications as read while their news are locked; return how many were unread.

    News that arrives while this waits for a lock stays unread.
    """
    now = database_now()
    if not (news := locked(News.objects.filter(pk__in=unread.values("news")))):
        return 0
    seen = News.objects.filter(pk__in=news, happened_at__lte=now)
    News.objects.filter(pk__in=news, told_at__isnull=False).update(told_at=None)
    return unread.filter(news__in=seen.values("pk")).update(read_at=Now())
