"""Unread notifications, counted in the database.

The queries count rows, not keys, so that PostgreSQL only reads the index of unread notifications.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now

from trato.array_parameters import listed
from trato.pagination import FIRST_PAGE, Cursor, Page, PageRequest, ordered, page
from trato.people import Person
from trato.prepared import prepared
from trato.realtime.teams import active_members

from .announcements import queries as announcements
from .announcements.frames import excerpt
from .models import Announcement, News, Notification
from .words import ANNOUNCEMENT


class Unread(NamedTuple):
    """The number of unread notifications, and how many of them are notices."""

    total: int
    notices: int

    @property
    def conversations(self) -> int:
        return self.total - self.notices

    def plus(self, notices: int) -> "Unread":
        """Return these numbers with more notices."""
        return Unread(self.total + notices, self.notices + notices)


NOTHING = Unread(0, 0)
MANY = 1_000  # unread notifications; more are not sorted to find the newest one
COUNTED = {"read_at": None, "is_muted": False}  # what badges count and toasts show
ANNOUNCED = 10**17  # added to announcements' keys in the list: no notification has such a key


def visible_to(user_id: int) -> QuerySet[Notification]:
    """Return a person's notifications, without those of teams that the person has left.

    Every read checks this. Deleting notifications when somebody leaves isn't enough, because a
    concurrent write of news may still treat them as a member.
    """
    teams = active_members().filter(user_id=user_id).order_by().values("shop_id")
    own = Notification.objects.filter(recipient_id=user_id)
    return own.filter(Q(team_id=0) | Q(team_id__in=teams))


def unread_and_now(user_id: int) -> tuple[Unread, datetime | None]:
    """Return a person's badge and the database's time, or None if all is read, with one query."""
    unread, at = NOTHING, None
    for total, notices, now in _unread_and_now(user_id):
        unread, at = Unread(unread.total + total, unread.notices + notices), now
    return unread, at


@prepared
def _unread_and_now(user_id: int) -> QuerySet[Any, tuple[int, int, datetime]]:
    """Notifications and announcements: up to two rows."""
    columns = ("total", "notices", "now")
    waiting = visible_to(user_id).filter(**COUNTED).order_by().values("recipient")
    counted = waiting.annotate(**_numbers(), now=Now()).values_list(*columns)
    unread = announcements.unread(user_id).order_by().values("state")  # one group
    number = {"total": Count("*"), "notices": Count("*"), "now": Now()}
    return counted.union(unread.annotate(**number).values_list(*columns), all=True)


def _numbers() -> dict[str, Count]:
    """Return the aggregates for an `Unread`."""
    notices = Count("recipient", filter=Q(is_notice=True))  # "*" can't have a filter
    return {"total": Count("*"), "notices": notices}


def unread_counts(user_ids: Iterable[int]) -> dict[int, Unread]:
    """Return the badges of several people, without announcements, with one query.

    Messages change only these numbers, so sockets recount only these. `badges` has all numbers.
    """
    counts = dict.fromkeys(user_ids, NOTHING)
    if not counts:
        return counts
    statement, parameters = _counting()
    ids = listed(counts).params[0]
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids if one is None else one for one in parameters])
        counts.update((pk, Unread(total, notices)) for pk, total, notices in cursor.fetchall())
    return counts


def badges(user_ids: Collection[int]) -> dict[int, tuple[Unread, int]]:
    """Return `unread_counts` of several people, each with the number of unread announcements."""
    announced = announcements.unread_counts(user_ids) if user_ids else {}
    return {pk: (unread, announced.get(pk, 0)) for pk, unread in unread_counts(user_ids).items()}


@cache
def _counting() -> tuple[str, list[Any]]:
    """Return the statement of `unread_counts` and its parameters, with None for the people.

    It is compiled once: every burst of messages counts badges, and the ORM would take longer to
    compile it than the database to answer. It counts per team first, so that it checks membership
    for only a few rows.
    """
    people = listed([])
    unread = Notification.objects.filter(recipient_id__in=people, **COUNTED).order_by()
    by_team = unread.values_list("recipient_id", "team_id").annotate(**_numbers())
    counted, own_parameters = by_team.query.sql_with_params()
    among = active_members().filter(user_id__in=people).order_by()
    members, team_parameters = among.values_list("shop_id", "user_id").query.sql_with_params()
    text = f"""
        WITH counted(recipient_id, team_id, total, notices) AS ({counted}),
             member(team_id, person_id) AS ({members})
        SELECT c.recipient_id, CAST(sum(c.total) AS bigint), CAST(sum(c.notices) AS bigint)
        FROM counted c
        LEFT JOIN member m ON m.team_id = c.team_id AND m.person_id = c.recipient_id
        WHERE c.team_id = 0 OR m.team_id IS NOT NULL
        GROUP BY c.recipient_id"""  # noqa: S608 – SQL from the ORM
    (empty,) = people.params
    return text, [None if one == empty else one for one in (*own_parameters, *team_parameters)]


def has_unread(user_id: int, subject_kind: str, subject_ids: Collection[int]) -> bool:
    """Return whether a person has an unread notification about any of the given subjects."""
    about = {"news__subject_kind": subject_kind, "news__subject_id__in": listed(subject_ids)}
    return visible_to(user_id).filter(read_at=None, **about).exists()


def notifications_of(user: Person) -> QuerySet[Notification]:
    """Return a person's notifications with their news, newest first."""
    return visible_to(user.pk).select_related("news")


def notification_list(
    user: Person, wanted: PageRequest, size: int, *, notices_only: bool = False
) -> Page[Notification]:
    """Return a page of a person's notifications and announcements, newest first."""
    teams = () if notices_only else _teams_of(user.pk)
    chosen = {"is_notice": True} if notices_only else {}
    announced = [_as_notification(user.pk, row) for row in announcements.shown_to(user.pk)]

    def read(wanted: PageRequest, limit: int) -> list[Notification]:
        rows = _newest_first(user.pk, chosen, teams, wanted, limit)
        rows += [row for row in announced if _is_beyond(row, wanted)]
        rows.sort(key=_position, reverse=not wanted.newer)
        return rows[:limit]

    return page(read, lambda row: Cursor(*_position(row)), wanted, size)


def _as_notification(user_id: int, row: Announcement) -> Notification:
    """Return an announcement as an unsaved row of the list, in the reader's language."""
    news = News(
        subject_kind=ANNOUNCEMENT,
        subject_id=row.pk,
        title=row.text.title,
        excerpt=excerpt(row.text.text),
        url=row.get_absolute_url(),
        happened_at=row.at,
    )
    read_at = row.at if getattr(row, "is_read", False) else None
    return Notification(
        pk=ANNOUNCED + row.pk, recipient_id=user_id, news=news, is_notice=True, read_at=read_at
    )


def _position(row: Notification) -> tuple[datetime, int]:
    return row.news.happened_at, row.pk


def _is_beyond(row: Notification, wanted: PageRequest) -> bool:
    """Return whether a row is on the wanted side of the cursor, as in `ordered`."""
    if wanted.cursor is None:
        return True
    cursor = (wanted.cursor.at, wanted.cursor.pk)
    return _position(row) > cursor if wanted.newer else _position(row) < cursor


def _teams_of(user_id: int) -> Sequence[int]:
    """Return the teams whose news `_newest_first` reads in the order of an index."""
    if connection.vendor == "sqlite":
        return ()
    rows = active_members().filter(user_id=user_id).order_by()
    return [*rows.values_list("shop_id", flat=True)]


def _newest_first(
    user_id: int,
    chosen: dict[str, Any],
    teams: Sequence[int],
    wanted: PageRequest,
    limit: int,
) -> list[Notification]:
    """Return up to `limit` of a person's notifications from a page on, with their news.

    Args:
        chosen: the filters of the notifications.
        teams: all of the person's teams: an index reads each team's news in order until there is
            enough. If empty, the database reads and sorts everything that the filters match.
    """
    own = Notification.objects.filter(recipient_id=user_id, **chosen).select_related("news")
    if not teams:
        rows = visible_to(user_id).filter(**chosen).select_related("news")
        return list(ordered(rows, wanted, time="news__happened_at")[:limit])
    # With a join, PostgreSQL would sort everybody's news and look for this person's.
    at = Subquery(News.objects.filter(pk=OuterRef("news")).values("happened_at"))
    of_no_team = own.filter(team_id=0).select_related(None).prefetch_related("news")
    newest = [*ordered(of_no_team.annotate(at=at), wanted, time="at")[:limit]]
    for team in teams:
        of_team = own.filter(news__team_id=team)
        newest += ordered(of_team, wanted, time="news__happened_at", hour="news__hour")[:limit]
    newest.sort(key=_position, reverse=not wanted.newer)
    return newest[:limit]


def unread_and_latest(user: Person) -> tuple[Unread, Notification | None]:
    """Return a person's badge and the newest unread notification."""
    unread, _now = unread_and_now(user.pk)
    if not unread.total:
        return unread, None
    if unread.total <= MANY:
        latest = _latest(user.pk)
    else:
        latest = _newest_first(user.pk, COUNTED, _teams_of(user.pk), FIRST_PAGE, 1)
    return unread, _newest(user.pk, latest) if unread.notices else next(iter(latest), None)


def _newest(user_id: int, rows: Iterable[Notification]) -> Notification | None:
    """Return the newest of some notifications and of a person's unread announcements."""
    announced = announcements.newest_unread(user_id)
    more = [_as_notification(user_id, announced)] if announced else []
    return max([*rows, *more], key=_position, default=None)


@prepared
def _latest(user_id: int) -> QuerySet[Notification, Any]:
    return visible_to(user_id).filter(**COUNTED).select_related("news")[:1]


def latest_notice(user: Person) -> Notification | None:
    """Return a person's newest unread notice."""
    return _newest(user.pk, notifications_of(user).filter(read_at=None, is_notice=True)[:1])
