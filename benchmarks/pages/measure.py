"""Measure the pages on the database in DATABASE_URL, one round per line of stdin.

Every page is requested as by a browser, through Django's whole handler with middleware, sessions
and templates. The time in that handler is measured. A line is a JSON object from page names to
numbers of rows: these pages are requested again with that many rows, to compare them with pages
that have no more.
"""

import json
import os
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, cast

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

LARGE = ("messaging_message", "messaging_conversation", "messaging_participant",
         "messaging_lane", "messaging_case", "messaging_report", "notifications_notification",
         "notifications_news", "catalog_productimage")  # fmt: skip
ROW = b'class="inbox__item"'  # of a list of conversations
ADMIN = ("messaging/conversation", "messaging/message", "messaging/participant",
         "notifications/notification")  # fmt: skip
TOLD = ("name", "limit", "compared", "most", "queries", "rows", "scans")
LONG_MOST = 1.2  # times the median of a conversation with 100 messages
ADDRESSES_CHECKED = 8  # requests of each page to collect its queries and their plans
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
# Each lane, and pairs of filters that leave many conversations, few, and none.
FILTERS = [
    "lane=ours",
    "lane=theirs",
    "lane=settled",
    "lane=ours&sort=waiting",
    "lane=ours&assigned=me",
    "lane=settled&label=1",
    "assigned=none&lane=ours",
    "assigned=none&label=1",
    "unread=1&assigned=me",
    "starred=1&label=2",
    "archived=1&lane=theirs",
    "product=1&lane=ours",
]
# The desk's lists of cases.
DESK = ["", "?kind__exact=report", "?severity__exact=3", "?who=nobody", "?who=me", "?state=closed"]
CASES = 8  # whose pages staff open
NOWHERE = ["xyzzy", "qwerty gracias", "zzz", "the xyzzy"]


@dataclass
class Page:
    """One kind of page: who requests which URLs, and how long that took."""

    name: str
    client: Client
    addresses: list[str]
    limit: float | None = None  # milliseconds
    compared: bool = True  # compared with 10,000 messages
    most: float | None = None  # for the ratio of medians, instead of RATIO_LIMIT for the p95
    queries: int = 0
    rows: int = 0  # conversations in its list, at most
    scans: list[str] = field(default_factory=list)


def main(check: bool, words: list[str]) -> None:
    """Print the pages; then, for every line on stdin, request every page.

    Args:
        check: whether to check the plans of the pages' queries too.
        words: measure only pages whose names contain one of these; empty for all pages.
    """
    pages = pages_to_measure()
    if words:
        pages = [page for page in pages if any(word in page.name for word in words)]
    for page in pages:
        look_at(page, check)
    say([{key: value for key, value in vars(page).items() if key in TOLD} for page in pages])
    for number, line in enumerate(sys.stdin):
        rows = json.loads(line)
        say([seconds_for(page, number, rows.get(page.name)) for page in pages])


def seconds_for(page: Page, number: int, rows: int | None) -> tuple[float, float | None]:
    """Return how many seconds a page took, and how many with `rows` rows, if given."""
    address = page.addresses[number % len(page.addresses)]
    seconds = timed(page, address)
    if rows is None:
        return seconds, None
    with override_settings(CONVERSATION_PAGE_SIZE=rows):
        return seconds, timed(page, address)


def timed(page: Page, address: str) -> float:
    since = time.perf_counter()
    answer = page.client.get(address)
    seconds = time.perf_counter() - since
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")
    return seconds


def say(what: object) -> None:
    print(json.dumps(what), flush=True)  # noqa: T201


def pages_to_measure() -> list[Page]:
    """Return the pages for a seller of the big shop, one of a small shop, and a shopper."""
    from accounts.models import User
    from messaging.models import Conversation
    from trato.pagination import Cursor

    big, small = client_of(User.objects.get(pk=1)), client_of(User.objects.get(pk=21))
    heard = Conversation.objects.filter(shop=1).order_by("-last_message_at")
    asked = Conversation.objects.exclude(shop=1).latest("last_message_at")
    shopper = client_of(asked.consumer)
    of_big = [row.get_absolute_url() for row in heard[:60]]
    old = [row.get_absolute_url() for row in heard.order_by("created_at")[:60]]
    moderator = User.objects.create_superuser(f"staff{os.getpid()}@example.com", name="S")
    staff = client_of(moderator)
    further = heard[250]
    cursor = Cursor(cast(datetime, further.last_message_at), further.pk)

    inbox = "/conversations/"

    def search(client: Client, name: str, texts: list[str]) -> Page:
        return Page(f"search, {name}", client, [f"{inbox}?q={text}" for text in texts], 150)

    return [
        Page("inbox, big shop", big, [inbox], 50),
        Page("inbox, small shop", small, [inbox], 50),
        Page("inbox, shopper", shopper, [inbox], 50),
        Page("inbox, further back", big, [f"{inbox}?before={cursor}"], 50),
        Page("inbox, newer again", big, [f"{inbox}?after={cursor}"], 50),
        Page("unread, big shop", big, [f"{inbox}?unread=1"], 50),
        *(
            Page(f"inbox, {filtered}", big, [f"{inbox}?{filtered}"], 50)
            for filtered in FILTERS
        ),
        search(big, "rare word", RARE),
        search(big, "common word", COMMON),
        search(big, "beginning of a word", BEGINNINGS),
        search(big, "two words", TWO),
        search(big, "names", NAMES),
        search(big, "nowhere", NOWHERE),
        # In the small database, a seller has too few unread conversations for a comparison.
        Page(
            "search, unread", big, [f"{inbox}?unread=1&q={text}" for text in [*RARE, *COMMON]],
            150, compared=False,
        ),
        search(small, "small shop", [*RARE, *COMMON]),
        search(shopper, "shopper", [*RARE, *COMMON]),
        Page("thread, new", big, of_big),
        Page("thread, old", big, old),
        Page("thread, shopper", shopper, [asked.get_absolute_url()]),
        Page("catch-up", big, [f"{address}messages/?since=1" for address in of_big]),
        # In the small database, there are fewer past answers to read.
        Page(
            "suggestions", big, [f"{address}suggestions/" for address in of_big], 50, compared=False
        ),
        *long_thread(big),
        Page("badge", big, ["/notifications/unread/"]),
        Page("notifications", big, ["/notifications/"]),
        Page("product page", shopper, [f"/products/product-{n}/" for n in range(1, 40)]),
        *(
            Page(f"admin, {name.split('/')[1]}s", staff, [f"/admin/{name}/"])
            for name in ADMIN
        ),
        # A search for a person reads the accounts, and there are more of these too.
        *(
            Page(
                f"admin, {name.split('/')[1]}s of", staff, [f"/admin/{name}/?q=person100%40"],
                300, compared=False,
            )
            for name in ADMIN
        ),
        *desk(staff, moderator),
    ]  # fmt: skip


def long_thread(client: Client) -> list[Page]:
    """Return the pages of the longest conversation, which has 100 or 50,000 messages."""
    from messaging.models import Conversation

    talk = Conversation.objects.latest("last_sequence")
    own, last = talk.get_absolute_url(), talk.last_sequence
    middle, most = last // 2, LONG_MOST
    common, rare = ([f"{own}search/?words={text}" for text in some] for some in (COMMON, RARE))
    return [
        Page("long thread, opened", client, [own], most=most),
        Page("long thread, middle", client, [f"{own}?around={middle}"], most=most),
        Page("long thread, older JSON", client, [f"{own}messages/?before={last - 39}"], most=most),
        Page("long thread, middle JSON", client, [f"{own}messages/?around={middle}"], most=most),
        Page("long thread, newer JSON", client, [f"{own}messages/?after={middle}"], most=most),
        Page("long thread, common word", client, common, 150, most=most),
        # Among 100 messages, there is nothing to find.
        Page("long thread, rare word", client, rare, 150, compared=False),
    ]


def desk(client: Client, moderator: Any) -> list[Page]:
    """Return the pages of the desk, which has 1,000 or 100,000 cases."""
    from messaging.models import Case

    own = Case.objects.filter(closed_at=None, severity=1)[:CASES]
    for case in own:
        # The claim has to outlast the measurement.
        client.post(f"/admin/messaging/case/{case.pk}/take/")
    until = timezone.now() + timedelta(hours=1)
    Case.objects.filter(claimed_by=moderator).update(claimed_at=until)
    queue = "/admin/messaging/case/"
    return [
        *(Page(f"desk{query and ', '}{query[1:]}", client, [f"{queue}{query}"]) for query in DESK),
        Page("desk, a case", client, [f"{queue}{case.pk}/change/" for case in own]),
        Page("desk, of", client, [f"{queue}?q=person100%40"], 300, compared=False),
        Page("admin, reports", client, ["/admin/messaging/report/"]),
    ]


def client_of(person: Any) -> Client:
    client = Client(headers={"accept": "text/html"})
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def look_at(page: Page, check: bool) -> None:
    """Count a page's statements and rows, and keep its plans that scan a large table."""
    for address in page.addresses[:ADDRESSES_CHECKED]:
        with CaptureQueriesContext(connection) as asked:
            answer = page.client.get(address)
        page.queries = max(page.queries, len(asked.captured_queries))
        page.rows = max(page.rows, answer.content.count(ROW))
        with connection.cursor() as cursor:
            for query in asked.captured_queries if check else []:
                if query["sql"].strip().startswith(("SELECT", "WITH", "(SELECT")):
                    cursor.execute(f"EXPLAIN {query['sql']}")
                    plan = [line for (line,) in cursor]
                    if scans_large(plan):
                        page.scans.append("\n".join([address, *plan]))


def scans_large(plan: list[str]) -> bool:
    """Return whether a plan reads a large table in full.

    A count that stops at a limit doesn't: PostgreSQL reads until it has a thousand rows, and uses
    an index unless far more rows qualify.
    """
    is_count = plan[0].startswith("Aggregate")
    return any(
        f"Seq Scan on {table} " in line and not (is_count and "Limit " in above)
        for above, line in pairwise(["", *plan])
        for table in LARGE
    )


if __name__ == "__main__":
    import config.asgi  # noqa: F401 – load all that a server loads, in the same way

    options = sys.argv[1:]
    main("--check" in options, [one for one in options if one != "--check"])
