"""Whatever a URL or its query contains gets a clear response, never a 500."""

import re
from typing import Any

import pytest

from accounts.models import User

from .attack import (
    ACTS_OF_STAFF,
    HOSTILE,
    LISTS_OF_STAFF,
    OF_ALL,
    QUERY_NAMES,
    ROUTES,
    ROWS_OF_STAFF,
    WORST,
    Attack,
    each_with_some,
    fill,
)

pytestmark = pytest.mark.django_db


# Parameters that each staff list parses in its own way, and those that one Django view parses for
# all of them. Neither search nor sorting is refused, so they are tested together.
OF_A_MODEL = ("q={0}&o={0}", "_to_field={0}", "id__exact={0}", "id__in={0}")
OF_ANY_LIST = ("p={0}", "e={0}", "all={0}", "_popup={0}")
SEARCHES = {
    "/products/": ("q", "page", "category", "low", "high", "currency", "sort"),
    "/conversations/": ("q", "page", "unread"),
    "/notifications/": ("page",),
    "/my/products/": ("page", "state"),
    "/shops/<slug>/": ("page",),
    "/conversation/<conversation_id>/": ("before",),
    "/conversation/<conversation_id>/messages/": ("since", "before"),
    "/conversation/<conversation_id>/read.gif": ("sequence",),
}


@pytest.fixture
def of_seller(seller: User, client_of: Any, real: Any) -> Attack:
    return Attack(client_of(seller))


def test_the_routes_are_read_as_they_are() -> None:
    assert set(SEARCHES) <= set(OF_ALL)
    assert len(ROUTES) > 100
    assert len(LISTS_OF_STAFF) >= len(ROWS_OF_STAFF) > 10
    assert "/admin/messaging/decision/<decision_id>/undo/" in ACTS_OF_STAFF
    assert not [route for route in ROUTES if re.search(r"[()?\\]", route)]


def test_no_address_breaks_by_what_stands_in_it(of_seller: Attack) -> None:
    for route, value in each_with_some([route for route in OF_ALL if "<" in route]):
        of_seller.send("GET", fill(route, {}, value))
    assert of_seller.failures == []


def test_no_address_of_staff_breaks_by_what_stands_in_it(of_chief: Attack) -> None:
    routes = [route for route in (*ROWS_OF_STAFF, *ACTS_OF_STAFF) if "<" in route]
    for route, value in each_with_some(routes):
        of_chief.send("GET", fill(route, {}, value))
    assert of_chief.failures == []


def test_no_page_breaks_by_its_query(attack: Attack, real: dict[str, str]) -> None:
    for route, value in each_with_some(OF_ALL, WORST):
        query = "&".join(f"{name}={value}" for name in QUERY_NAMES)
        attack.send("GET", f"{fill(route, real)}?{query}")
    assert attack.failures == []


def test_no_search_breaks(of_seller: Attack, real: dict[str, str]) -> None:
    fields = [(route, name) for route, names in SEARCHES.items() for name in names]
    addresses = [f"{fill(route, real)}?{name}=" for route, name in fields]
    for address, value in each_with_some(addresses):
        of_seller.send("GET", address + value)
    assert of_seller.failures == []


def test_no_list_of_staff_breaks_by_its_query(of_chief: Attack) -> None:
    lists = [f"{route}?{query}" for route in LISTS_OF_STAFF for query in OF_A_MODEL]
    lists += [f"{LISTS_OF_STAFF[0]}?{query}" for query in OF_ANY_LIST]
    for address, value in each_with_some(lists, WORST):
        of_chief.send("GET", address.format(value))
    for route, value in each_with_some(ACTS_OF_STAFF):
        of_chief.send("GET", f"{fill(route, {})}?person={value}&next={value}&q={value}")
    assert of_chief.failures == []


def test_no_calendar_of_staff_breaks(of_chief: Attack) -> None:
    fields = (
        "accounts/user/?date_joined", "audit/auditentry/?created_at",
        "usersessions/usersession/?last_seen_at",
    )  # fmt: skip
    parts = [f"/admin/{field}__{part}=" for field in fields for part in ("year", "month", "day")]
    values = {value: value for value in ("0", "10000", "99999999999", "-1", "x")}
    for address, value in each_with_some(parts, values | HOSTILE):
        of_chief.send("GET", address + value)
    assert of_chief.failures == []
