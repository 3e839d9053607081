"""Requests with hostile values to all of the site's own routes, including new ones."""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, islice
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.whole import WHOLE

# Written as they appear in a URL or in a form's body.
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
SOME, STEP = (3 if WHOLE else 1), 3  # values per route, and how far on the next route starts
QUERY_NAMES = (
    "q", "page", "category", "low", "high", "currency", "sort", "unread", "state", "since",
    "before", "sequence", "next", "person",
)  # fmt: skip
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
# The lists of all models are one Django view, and so are their change pages.
LISTS_OF_STAFF = [route for route in OF_STAFF if re.fullmatch(r"/admin/\w+/\w+/", route)]
ROWS_OF_STAFF = [route for route in OF_STAFF if route.endswith("<object_id>/change/")]
ACTS_OF_STAFF = [
    route
    for route in OF_STAFF
    if "<object_id>" not in route and route not in LISTS_OF_STAFF and "/add/" not in route
]


def each_with_some(
    routes: Sequence[str], values: Mapping[str, str] = HOSTILE
) -> Iterator[tuple[str, str]]:
    """Yield each route with a few of the values, and each value with as many routes.

    Most routes read their parameters with the same few functions, so testing every pair would
    repeat the same test again and again.
    """
    names = cycle(values)
    for route in routes:
        yield from ((route, values[name]) for name in islice(names, SOME))
        # Otherwise routes at regular intervals would always get the same values.
        deque(islice(names, STEP - SOME), maxlen=0)


def fill(route: str, values: dict[str, str], default: str = "1") -> str:
    return re.sub(r"<(\w+)>", lambda parameter: values.get(parameter[1], default), route)


class Attack:
    """A browser that sends anything, and collects the requests that caused a 500."""

    def __init__(self, client: Client) -> None:
        self.client = client
        client.raise_request_exception = False
        self.failures: list[str] = []

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
