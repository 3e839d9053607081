"""Queries for the announcements that a person can see, and the unread ones among them.

An announcement to many people makes no page or socket slower: few announcements are current, and
each is compared only with the person who asks.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Case, Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from trato.array_parameters import listed

from .models import Announcement, Audience, ReadAnnouncement

Key = int | OuterRef  # a person's key, or an outer query's column of keys


@cache
def sellers() -> Callable[[], QuerySet[Any]]:
    """Return the function that returns the accounts that sell, see `SELLERS`."""
    return cast("Callable[[], QuerySet[Any]]", import_string(settings.SELLERS))


def people_in(audience: str) -> QuerySet[Any]:
    """Return the accounts that would get an announcement if it were sent now."""
    people = get_user_model()._default_manager.filter(is_active=True)
    if audience == Audience.EVERYONE:
        return people
    selling = Q(Exists(sellers()().filter(pk=OuterRef("pk"))))
    return people.filter(selling if audience == Audience.SELLERS else ~selling)


def newest_person() -> int:
    """Return the key of the newest account; later ones have greater keys."""
    newest: int | None = get_user_model()._base_manager.aggregate(pk=Max("pk"))["pk"]
    return newest or 0


def current() -> QuerySet[Announcement]:
    """Return the announcements that are currently shown to anybody."""
    return Announcement.objects.filter(state=Announcement.State.SENT, expires_at__gt=Now())


def addressed(person: Key) -> QuerySet[Announcement]:
    """Return the announcements that a person can see now."""
    selling = When(Exists(sellers()().filter(pk=_inner(person))), then=Value(Audience.SELLERS))
    own = Case(selling, default=Value(Audience.SHOPPERS))
    return current().filter(
        Q(audience=Audience.EVERYONE) | Q(audience=own), people_until__gte=person
    )


def unread(person: Key) -> QuerySet[Announcement]:
    """Return the announcements that a person can see and has not read."""
    return addressed(person).filter(~_read_by(person))


def shown_to(user_id: int) -> list[Announcement]:
    """Return all announcements that a person can see, each with `is_read`, newest first."""
    rows = addressed(user_id).annotate(is_read=_read_by(user_id))
    return [*rows.order_by("-sent_at", "-pk")]


def newest_unread(user_id: int) -> Announcement | None:
    """Return the newest announcement that a person has not read."""
    return unread(user_id).order_by("-sent_at", "-pk").first()


def unread_counts(user_ids: Iterable[int]) -> dict[int, int]:
    """Return how many announcements each of these people has not read, with one query.

    People who have read all of them may be missing.
    """
    statement, parameters = _counting()
    ids = listed(user_ids).params[0]
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids if one is None else one for one in parameters])
        return {pk: number for pk, number in cursor.fetchall() if number}


@cache
def _counting() -> tuple[str, list[Any]]:
    """Return the statement of `unread_counts` and its parameters, with None for the people.

    If no announcement is current, the database reads no accounts.
    """
    people = listed([])
    numbers = unread(OuterRef("pk")).order_by().values("state").annotate(number=Count("*"))
    rows = (
        get_user_model()
        ._base_manager.filter(pk__in=people)
        .filter(Exists(current()))
        .annotate(number=Subquery(numbers.values("number")))
        .order_by()
        .values_list("pk", "number")
    )
    text, parameters = rows.query.sql_with_params()
    (empty,) = people.params
    return text, [None if one == empty else one for one in parameters]


def _read_by(person: Key) -> Exists:
    rows = ReadAnnouncement.objects.filter(person=_inner(person), announcement=OuterRef("pk"))
    return Exists(rows)


def _inner(person: Key) -> Key:
    """Return a person's key for use in a subquery."""
    return OuterRef(person) if isinstance(person, OuterRef) else person
