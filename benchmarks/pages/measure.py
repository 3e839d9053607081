"""Measure the pages against the database that DATABASE_URL names: JSON on standard output.

Every page is asked for as a browser would, through Django's whole handler with its middleware,
sessions and templates; what is measured is the time in that handler.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle
from typing import Any, cast

import django
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

LARGE = ("messaging_message", "messaging_conversation", "messaging_participant",
         "notifications_notification", "accounts_user")  # fmt: skip
RARE = ["malaga", "logrono", "besancon", "lodz", "kraków"]
BEGINNINGS = ["dispon", "measur", "wal", "lamp", "enví"]
COMMON = ["gracias", "thank", "de", "the", "el", "mañana"]
TWO = [
    "gracias malaga",
    "the besancon",
    "photo lodz",
    "envio taller",
    "kiln walnut",
    "bowl o'brien",
]
NAMES = ["nunez", "lefevre", "aoife murphy", "iñigo castano"]
NOWHERE = ["xyzzy", "qwerty gracias", "zzz", "the xyzzy"]


@dataclass
class Page:
    """One kind of page: who asks for which addresses, and what that took."""

    name: str
    client: Client
    addresses: Iterator[str]
    limit: float | None = None  # milliseconds
    seconds: list[float] = field(default_factory=list)
    queries: int = 0
    scans: list[str] = field(default_factory=list)


def main(rounds: int, check: bool) -> None:
    """Ask for every page so many times, in turn; with `check` also look at the plans."""
    pages = pages_to_measure()
    for page in pages:
        page.queries, page.scans = queries_and_scans(page, check)
    for _ in range(rounds):
        for page in pages:
            address = next(page.addresses)
            since = time.perf_counter()
            answer = page.client.get(address)
            page.seconds.append(time.perf_counter() - since)
            if answer.status_code != 200:
                raise SystemExit(f"{address} answered {answer.status_code}")
    fields = ("name", "limit", "seconds", "queries", "scans")
    json.dump([{name: getattr(page, name) for name in fields} for page in pages], sys.stdout)


def pages_to_measure() -> list[Page]:
    """The pages, for a seller of the big shop, one of a small shop, and a shopper."""
    from accounts.models import User
    from accounts.paging import Place
    from messaging.models import Conversation

    big, small = client_of(User.objects.get(pk=1)), client_of(User.objects.get(pk=21))
    heard = Conversation.objects.filter(shop=1).order_by("-last_message_at")
    asked = Conversation.objects.exclude(shop=1).latest("last_message_at")
    shopper = client_of(asked.consumer)
    of_big = [row.get_absolute_url() for row in heard[:60]]
    old = [row.get_absolute_url() for row in heard.order_by("created_at")[:60]]
    staff = client_of(User.objects.create_superuser(f"staff{os.getpid()}@example.com", name="S"))
    further = heard[250]
    place = Place(cast(datetime, further.last_message_at), further.pk)

    def search(client: Client, name: str, texts: list[str], more: str = "") -> Page:
        return Page(name, client, cycle([f"/conversations/?q={t}{more}" for t in texts]), 150)

    inbox = "/conversations/"
    return [
        Page("inbox, big shop", big, cycle([inbox]), 50),
        Page("inbox, small shop", small, cycle([inbox]), 50),
        Page("inbox, shopper", shopper, cycle([inbox]), 50),
        Page("inbox, further back", big, cycle([f"{inbox}?before={place}"]), 50),
        Page("inbox, newer again", big, cycle([f"{inbox}?after={place}"]), 50),
        Page("unread, big shop", big, cycle([f"{inbox}?unread=1"]), 50),
        search(big, "search, rare word", RARE),
        search(big, "search, common word", COMMON),
        search(big, "search, beginning of a word", BEGINNINGS),
        search(big, "search, two words", TWO),
        search(big, "search, names", NAMES),
        search(big, "search, nowhere", NOWHERE),
        search(big, "search, unread", [*RARE, *COMMON], "&unread=1"),
        search(small, "search, small shop", [*RARE, *COMMON]),
        search(shopper, "search, shopper", [*RARE, *COMMON]),
        Page("thread, new", big, cycle(of_big)),
        Page("thread, old", big, cycle(old)),
        Page("thread, shopper", shopper, cycle([asked.get_absolute_url()])),
        Page("catch-up", big, cycle([f"{address}messages/?since=1" for address in of_big])),
        Page("badge", big, cycle(["/notifications/unread/"])),
        Page("notifications", big, cycle(["/notifications/"])),
        Page("product page", shopper, cycle([f"/products/product-{n}/" for n in range(1, 40)])),
        *(
            Page(f"admin: {address.removeprefix('/admin/')}", staff, cycle([address]))
            for name in (
                "messaging/conversation", "messaging/message", "messaging/participant",
                "notifications/notification",
            )
            for address in (f"/admin/{name}/", f"/admin/{name}/?q=person300%40")
        ),
    ]  # fmt: skip


def client_of(person: Any) -> Client:
    client = Client(headers={"accept": "text/html"})
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def queries_and_scans(page: Page, check: bool) -> tuple[int, list[str]]:
    """How many statements a page makes, and those of them that read a large table in full."""
    with CaptureQueriesContext(connection) as asked:
        page.client.get(next(page.addresses))
    scans = []
    with connection.cursor() as cursor:
        for query in asked.captured_queries if check else []:
            if query["sql"].startswith(("SELECT", "WITH")):
                cursor.execute(f"EXPLAIN {query['sql']}")
                plan = "\n".join(line for (line,) in cursor)
                scans += [plan for table in LARGE if f"Seq Scan on {table}" in plan][:1]
    return len(asked), scans


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), check="--check" in sys.argv)
