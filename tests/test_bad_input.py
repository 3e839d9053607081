"""Whatever is sent to any address gets a clear response, never a 500.

The addresses are those of the site's own routes, so a new one is covered when it is added.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.factories import UserFactory
from accounts.models import User
from messaging.models import Conversation
from messaging.moderation import actions as moderation

pytestmark = pytest.mark.django_db

# As they are in an address or in a form's body.
HOSTILE = {
    "nothing": "",
    "NUL": "a%00b",
    "control characters": "%07%1b%0d%0a",
    "broken UTF-8": "%ff%fe%c3",
    "a lone surrogate": "%ed%a0%80",
    "a turned direction": "%e2%80%aegnp.exe",
    "5,000 digits": "9" * 5000,
    "a number too large for the database": str(2**63),
    "a number below all": f"-{2**63 + 1}",
    "no number": "NaN",
    "HTML": "%3Cscript%3Ealert(1)%3C/script%3E",
    "a template": "%7B%7B7*7%7D%7D%25s%25(x)s%7B0%7D",
    "depth": "[" * 5000,
    "another address": "//evil.example/..%2f..%2fetc/passwd",
}
# Values that have caused errors before.
WORST = {name: HOSTILE[name] for name in (
    "NUL", "broken UTF-8", "5,000 digits", "a number too large for the database", "depth",
)}  # fmt: skip
QUERY_NAMES = (
    "q", "page", "category", "low", "high", "currency", "sort", "unread", "state", "since",
    "before", "sequence", "next", "person",
)  # fmt: skip
# Parameters that each of the staff's lists reads in its own way, and those that one view of
# Django's reads for all of them. Neither search nor sorting is refused, so they are tested
# together.
OF_A_MODEL = ("q={0}&o={0}", "_to_field={0}", "id__exact={0}", "id__in={0}")
OF_ANY_LIST = ("p={0}", "e={0}", "all={0}", "_popup={0}")
ADMIN_QUERY_NAMES = ("q", "o", "_to_field", "id__exact", "id__in", "p", "e", "all", "_popup")
FIELDS = (
    "body", "client_id", "sequence", "next", "language", "email", "name", "role", "shop_name",
    "login", "password", "password1", "password2", "oldpassword", "code", "credential", "key",
    "shop", "title", "category", "description", "amount", "currency", "stock", "published",
    "remove", "reason", "words", "action", "_selected_action", "select_across", "index",
    "session", "action_add", "action_remove", "action_primary", "action_send",
)  # fmt: skip


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Return all routes, with their parameters as `<name>`."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif isinstance(entry, URLPattern):
            route = re.sub(r"\(\?P(<\w+>).*?\)(?=[/$-])", r"\1", route)
            yield "/" + re.sub(r"<\w+:(\w+)>", r"<\1>", route).replace("^", "").replace("$", "")


ROUTES = [route for route in sorted(set(routes(get_resolver()))) if "logout" not in route]
OF_STAFF = [route for route in ROUTES if route.startswith("/admin/")]
OF_ALL = [route for route in ROUTES if route not in OF_STAFF]
# The lists of all models are one view of Django's, and so are their change pages.
LISTS_OF_STAFF = [route for route in OF_STAFF if re.fullmatch(r"/admin/\w+/\w+/", route)]
ROWS_OF_STAFF = [route for route in OF_STAFF if route.endswith("<object_id>/change/")]
ACTS_OF_STAFF = [
    route
    for route in OF_STAFF
    if "<object_id>" not in route and route not in LISTS_OF_STAFF and "/add/" not in route
]
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
def real(
    conversation: Conversation, product: Any, seller: User, shopper: User, said: Any
) -> dict[str, str]:
    """Valid values for the routes' parameters."""
    pk = str(conversation.pk)
    report = moderation.report(seller, conversation.pk, 1, "spam", "Look")
    rest = {"user_id": shopper.pk, "message_id": said.pk, "report_id": report.pk}
    return {
        "slug": product.slug,
        "conversation_id": pk,
        "object_id": pk,
        "sequence": "1",
        "app_label": "catalog",
        "outcome": "upheld",
        **{name: str(value) for name, value in rest.items()},
    }


@pytest.fixture
def said(shopper: User, conversation: Conversation) -> Any:
    from messaging.factories import MessageFactory

    return MessageFactory(conversation=conversation, sender=shopper)


# Responses that don't read the form. If somebody is not logged in, one view keeps the form for all
# addresses.
UNREAD = (401, 405)


def fill(route: str, values: dict[str, str], default: str = "1") -> str:
    return re.sub(r"<(\w+)>", lambda parameter: values.get(parameter[1], default), route)


def form_of(value: str) -> str:
    return "&".join(f"{name}={value}" for name in FIELDS)


class Attack:
    """A browser that sends anything, and collects the requests that caused a 500."""

    def __init__(self, client: Client) -> None:
        self.client = client
        client.raise_request_exception = False
        self.failures: list[str] = []

    def send_each(self, method: str, address: str, bodies: Iterable[str]) -> None:
        """Send one body after another, until nobody reads them: further ones change nothing."""
        for body in bodies:
            if self.send(method, address, body) in UNREAD:
                return

    def send(self, method: str, address: str, body: str = "", **extra: Any) -> int:
        path, _mark, query = address.partition("?")
        answer = self.client.generic(
            method,
            path,
            body.encode("latin1"),
            extra.pop("content_type", "application/x-www-form-urlencoded"),
            QUERY_STRING=query,
            **extra,
        )
        status: int = answer.status_code
        if status >= 500:
            error = getattr(answer, "exc_info", (None, None))[1]
            self.failures.append(f"{method} {address[:90]} {body[:60]}: {status} {error!r:.200}")
        return status


@pytest.fixture(params=["anonymous", "seller"])
def attack(request: pytest.FixtureRequest, client_of: Any, real: Any) -> Attack:
    """By somebody with access, and by somebody anonymous."""
    person = None if request.param == "anonymous" else request.getfixturevalue(request.param)
    return Attack(client_of(person))


@pytest.fixture
def of_seller(seller: User, client_of: Any, real: Any) -> Attack:
    return Attack(client_of(seller))


@pytest.fixture
def of_chief(client_of: Any, real: Any) -> Attack:
    """By somebody with all permissions."""
    return Attack(client_of(UserFactory(staff=True, is_superuser=True)))


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Don't log thousands of refusals."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def test_the_routes_are_read_as_they_are() -> None:
    assert set(SEARCHES) <= set(OF_ALL)
    assert len(ROUTES) > 100
    assert len(LISTS_OF_STAFF) >= len(ROWS_OF_STAFF) > 10
    assert "/admin/accounts/user/<user_id>/suspend/" in ACTS_OF_STAFF
    assert not [route for route in ROUTES if re.search(r"[()?\\]", route)]


def test_no_address_breaks_by_what_stands_in_it(of_seller: Attack) -> None:
    for route in (route for route in OF_ALL if "<" in route):
        for value in HOSTILE.values():
            of_seller.send("GET", fill(route, {}, value))
    assert of_seller.failures == []


def test_no_address_of_staff_breaks_by_what_stands_in_it(of_chief: Attack) -> None:
    for route in (route for route in (*ROWS_OF_STAFF, *ACTS_OF_STAFF) if "<" in route):
        for value in HOSTILE.values():
            of_chief.send("GET", fill(route, {}, value))
    assert of_chief.failures == []


def test_no_page_breaks_by_its_query(attack: Attack, real: dict[str, str]) -> None:
    for route in OF_ALL:
        for value in WORST.values():
            query = "&".join(f"{name}={value}" for name in QUERY_NAMES)
            attack.send("GET", f"{fill(route, real)}?{query}")
    assert attack.failures == []


@pytest.mark.parametrize("route", SEARCHES)
def test_no_search_breaks(route: str, of_seller: Attack, real: dict[str, str]) -> None:
    for name in SEARCHES[route]:
        for value in HOSTILE.values():
            of_seller.send("GET", f"{fill(route, real)}?{name}={value}")
    assert of_seller.failures == []


def test_no_list_of_staff_breaks_by_its_query(of_chief: Attack) -> None:
    for route in LISTS_OF_STAFF:
        queries = OF_A_MODEL + (OF_ANY_LIST if route == LISTS_OF_STAFF[0] else ())
        for query in queries:
            for value in WORST.values():
                of_chief.send("GET", f"{route}?{query.format(value)}")
    for value in HOSTILE.values():
        for route in ACTS_OF_STAFF:
            of_chief.send("GET", f"{fill(route, {})}?person={value}&next={value}&q={value}")
    assert of_chief.failures == []


@pytest.mark.parametrize("part", ["year", "month", "day"])
def test_no_calendar_of_staff_breaks(part: str, of_chief: Attack) -> None:
    for path, field in (
        ("accounts/user", "date_joined"),
        ("audit/auditentry", "created_at"),
        ("usersessions/usersession", "last_seen_at"),
    ):
        for value in ("0", "10000", "99999999999", "-1", "x", *HOSTILE.values()):
            of_chief.send("GET", f"/admin/{path}/?{field}__{part}={value}")
    assert of_chief.failures == []


def test_no_form_breaks_by_its_fields(attack: Attack, real: dict[str, str]) -> None:
    bodies = [form_of(value) for value in HOSTILE.values()]
    for route in OF_ALL:
        attack.send_each("POST", fill(route, real), bodies)
    assert attack.failures == []


def test_no_form_of_somebody_logged_out_breaks(client_of: Any, real: dict[str, str]) -> None:
    attack = Attack(client_of(None))
    for route in ("/products/<slug>/contact/", "/conversation/<conversation_id>/new_message/"):
        for value in HOSTILE.values():
            attack.send("POST", fill(route, real), form_of(value))
    assert attack.failures == []


def test_no_form_of_staff_breaks_by_its_fields(of_chief: Attack, real: dict[str, str]) -> None:
    for route in (*LISTS_OF_STAFF, *ROWS_OF_STAFF, *ACTS_OF_STAFF):
        of_chief.send_each("POST", fill(route, real), map(form_of, WORST.values()))
    assert of_chief.failures == []


BODIES = {
    "JSON that ends too early": ("application/json", '{"body":'),
    "JSON of great depth": ("application/json", "[" * 100_000),
    "JSON with a lone surrogate": ("application/json", '{"body":"\\ud800"}'),
    "no form at all": ("application/octet-stream", "\x00\xff" * 1000),
    "parts without a boundary": ("multipart/form-data", "x"),
    "parts that never end": ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form"),
    "a field without a name": ("multipart/form-data; boundary=b", "--b\r\n\r\nx\r\n--b--"),
    "an unknown alphabet": ("application/x-www-form-urlencoded; charset=klingon", "body=x"),
    "another alphabet": ("application/x-www-form-urlencoded; charset=utf-16", "body=x"),
    "a type that is none": ("\x7f;;=", "body=x"),
    "too many fields": ("application/x-www-form-urlencoded", "a=1&" * 2000),
    "too much": ("application/x-www-form-urlencoded", "body=" + "x" * (3 * 2**20)),
}


@pytest.mark.parametrize("kind", BODIES)
def test_no_address_breaks_by_a_body_that_is_no_form(
    kind: str, attack: Attack, real: dict[str, str]
) -> None:
    content_type, body = BODIES[kind]
    for route in (
        "/accounts/login/",
        "/accounts/signup/",
        "/products/<slug>/contact/",
        "/conversation/<conversation_id>/new_message/",
        "/my/products/new/",
        "/notifications/read/",
        "/admin/login/",
    ):
        attack.send("POST", fill(route, real), body, content_type=content_type)
    assert attack.failures == []


HEADERS: dict[str, list[str]] = {
    "HTTP_ACCEPT": ["", "x", "text/html;q=x", ";;;,,,", "*/*;q=1e400", "a/b;" * 3000],
    "HTTP_ACCEPT_LANGUAGE": ["", "x" * 6000, "es;q=x", "../../etc", "es-" * 3000, "\xff"],
    "HTTP_COOKIE": [
        "sessionid=" + "x" * 5000,
        'sessionid="abcdefgh\\000"; csrftoken="\\000"',
        'timezone="..\\057..\\057etc"; django_language="\\000"',
        "timezone=../../../etc/passwd; django_language=../../x",
        "timezone=Europe; django_language=tlh",
        'timezone="\\000"; messages="\\000"',
        "timezone=" + "x" * 5000,
        "; ; =; sessionid",
        "sessionid=\xff\xfe\xc3",
    ],
    "HTTP_HOST": ["evil.example", "", "a b", "[::", "x" * 3000, "localhost:99999999"],
    "HTTP_ORIGIN": ["null", "x", "https://[", "\xff"],
    "HTTP_X_FORWARDED_FOR": ["x", "", ",,,", "999.1.1.1", "9" * 5000],
}


@pytest.mark.parametrize("name", HEADERS)
def test_no_page_breaks_by_a_header(name: str, client_of: Any, shopper: User) -> None:
    for person in (None, shopper):
        attack = Attack(client_of(person))
        for value in HEADERS[name]:
            if name == "HTTP_COOKIE":
                attack.client.cookies.clear()
            for path in ("/", "/conversations/", "/accounts/login/", "/nothing/", "/admin/"):
                attack.send("GET", path, **{name: value})
            attack.send("POST", "/accounts/login/", "login=a@b.example&password=x", **{name: value})
        assert attack.failures == []


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_address_breaks_by_anything(
    data: st.DataObject, of_chief: Attack, real: dict[str, str]
) -> None:
    """Inputs that nobody thought of."""
    draw = data.draw
    noise = st.text(max_size=40) | st.binary(max_size=40).map(lambda raw: raw.decode("latin1"))
    values = st.sampled_from(sorted(HOSTILE.values())) | noise
    route = draw(st.sampled_from(ROUTES))
    address = fill(route, real | draw(st.dictionaries(st.sampled_from(sorted(real)), values)))
    names = st.sampled_from([*QUERY_NAMES, *ADMIN_QUERY_NAMES, *FIELDS]) | noise
    pairs = draw(st.lists(st.tuples(names, values), max_size=6))
    text = "&".join(f"{name}={value}" for name, value in pairs).encode("utf-8", "replace")
    query = text.decode("latin1")
    path = address.replace("?", "").replace("#", "")
    if draw(st.booleans()):
        of_chief.send("GET", f"{path}?{query}")
    else:
        of_chief.send("POST", path, query)
    assert of_chief.failures == []
