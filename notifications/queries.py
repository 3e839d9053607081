"""What is unread, counted from the database. Why: `docs/decisions/0003-badges-are-counted.md`.

Rows are counted, not their keys: the index of the unread ones is then all that is read.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Q, QuerySet, Subquery
from django.utils.module_loading import import_string

from trato.listed import listed
from trato.pagination import Cursor, Page, PageRequest, ordered, page
from trato.people import Person
from trato.prepared import prepared

from .models import Notification


def visible_to(user_id: int) -> QuerySet[Notification]:
    """A person's notifications, without those of teams that the person is no longer in.

    Asked whenever they are read, and not cleaned up when somebody leaves: a writer of news at that
    moment may still take them for a member.
    """
    teams = _members()().filter(user_id=user_id).order_by().values("shop_id")
    own = Notification.objects.filter(recipient_id=user_id)
    return own.filter(Q(team_id=0) | Q(team_id__in=teams))


@cache
def _members() -> Callable[[], QuerySet[Any]]:
    """Gives the members of all teams right now, see `TEAM_MEMBERSHIPS`."""
    return cast("Callable[[], QuerySet[Any]]", import_string(settings.TEAM_MEMBERSHIPS))


def unread_count(user_id: int) -> int:
    """The badge of one person."""
    return visible_to(user_id).filter(read_at=None).count()


def unread_and_newest(user_id: int) -> tuple[int, datetime | None]:
    """The badge of one person, and when the newest of what is unread happened; in one query."""
    rows = _unread_and_newest(user_id)
    return rows[0] if rows else (0, None)


@prepared
def _unread_and_newest(user_id: int) -> QuerySet[Any, tuple[int, datetime]]:
    waiting = visible_to(user_id).filter(read_at=None).order_by().values("recipient")
    counted = waiting.annotate(number=Count("*"), newest=Max("news__happened_at"))
    return counted.values_list("number", "newest")


def unread_counts(user_ids: Iterable[int]) -> dict[int, int]:
    """The badges of several people in one query; somebody with nothing unread has 0."""
    counts = dict.fromkeys(user_ids, 0)
    if not counts:
        return counts
    statement, parameters = _counting()
    ids = listed(counts).params[0]
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids if one is None else one for one in parameters])
        counts.update(cursor.fetchall())
    return counts


@cache
def _counting() -> tuple[str, list[Any]]:
    """The statement of `unread_counts` and its parameters, with None for the people.

    Written once: every burst of messages counts badges, and the ORM would take longer to write it
    than the database to answer. Counted for each team first, so that memberships are looked up for
    a few rows.
    """
    people = listed([])
    unread = Notification.objects.filter(recipient_id__in=people, read_at=None).order_by()
    by_team = unread.values_list("recipient_id", "team_id").annotate(unread=Count("*"))
    counted, own_parameters = by_team.query.sql_with_params()
    among = _members()().filter(user_id__in=people).order_by()
    members, team_parameters = among.values_list("shop_id", "user_id").query.sql_with_params()
    text = f"""
        WITH counted(recipient_id, team_id, unread) AS ({counted}),
             member(team_id, person_id) AS ({members})
        SELECT c.recipient_id, CAST(sum(c.unread) AS bigint)
        FROM counted c
        LEFT JOIN member m ON m.team_id = c.team_id AND m.person_id = c.recipient_id
        WHERE c.team_id = 0 OR m.team_id IS NOT NULL
        GROUP BY c.recipient_id"""  # noqa: S608 – of the ORM's own making
    (empty,) = people.params
    return text, [None if one == empty else one for one in (*own_parameters, *team_parameters)]


def notifications_of(user: Person) -> QuerySet[Notification]:
    """A person's notifications with their news, newest first."""
    return visible_to(user.pk).select_related("news")


def notification_list(user: Person, wanted: PageRequest, size: int) -> Page[Notification]:
    """A page of a person's notifications, newest first."""

    def read(wanted: PageRequest, limit: int) -> list[Notification]:
        return list(ordered(notifications_of(user), wanted, time="news__happened_at")[:limit])

    return page(read, lambda row: Cursor(row.news.happened_at, row.pk), wanted, size)


def unread_and_latest(user: Person) -> tuple[int, Notification | None]:
    """The badge of a person and the newest unread notification, in one query."""
    rows = _latest(user.pk)
    return (rows[0].unread, rows[0]) if rows else (0, None)


@prepared
def _latest(user_id: int) -> QuerySet[Notification, Any]:
    waiting = visible_to(user_id).filter(read_at=None).select_related("news")
    number = waiting.order_by().values("recipient").annotate(number=Count("*")).values("number")
    return waiting.annotate(unread=Subquery(number))[:1]
