"""Two people in two real browsers, on real servers over one database.

The servers are separate Daphne processes; factories create the people in the same database.
"""

import os
import signal
import time
from collections.abc import Callable, Generator, Iterator
from itertools import cycle
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, Page, Playwright, expect

from accounts.models import User
from catalog.models import Product
from deploy import programs
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation
from tests.accounts.acts import reauthenticate
from tests.browser.acts import live
from tests.browser.inspector import DESKTOP, ENGLISH, Inspect, Inspector
from tests.patience import PATIENCE
from tests.site import Site, session_of

# The browser's built-in start pages, which nobody sees: loading them for each new context took half
# of the browser's time. The rest is Playwright's default list, which this one replaces.
WITHOUT = (
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,PreloadTopChromeWebUI,TabSearch,WebUIReloadButton,"
    "InitialWebUI,WebUIToolbar,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,"
    "ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,"
    "NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch"
)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    f"--disable-features={WITHOUT}",
]  # fmt: skip

expect.set_options(timeout=PATIENCE * 1000)
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # sync Playwright runs a loop in this thread


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Keep the settings: the servers find the same database by its URL."""


class BrowserSite(Site):
    """Servers for pages with many static files."""

    command = ("-m", "tests.browser.server", "--port")


@pytest.fixture(scope="session")
def servers(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two servers if there is a Redis, otherwise one. They run as long as the tests."""
    with BrowserSite.on_test_database(tmp_path_factory.mktemp("servers"), DEMO_LOGINS="1") as made:
        yield made


@pytest.fixture
def site(transactional_db: None, servers: Site) -> Iterator[Site]:
    """The servers, all of them running, on an empty database."""
    for process in range(2 if settings.REDIS_URL else 1):
        if process not in servers.processes:
            servers.start(process)
    yield servers
    # Requests of closed pages have to finish before the tables are emptied: one that holds a lock
    # on one table and waits for the next would deadlock.
    deadline = time.monotonic() + PATIENCE
    while connection.vendor == "postgresql" and servers_at_work():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def servers_at_work() -> bool:
    """Whether somebody is using the database, or used it a moment ago and may continue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            " AND (state <> 'idle' OR state_change > clock_timestamp() - interval '0.2 s')"
        )
        row: tuple[int] = cursor.fetchone()
    return row[0] > 0


@pytest.fixture(scope="session")
def browsers(playwright: Playwright) -> Iterator[list[Browser]]:
    """Two browsers, which people use alternately."""
    path = programs.find("chromium")
    made = [playwright.chromium.launch(executable_path=path, args=FLAGS) for _ in range(2)]
    yield made
    for browser in made:
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """Messages in the browsers' consoles: violations of the content security policy, errors."""
    return []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    site = getattr(item, "funcargs", {}).get("site")
    if report.failed and site is not None:
        report.sections.append(("What the servers are doing", threads_of(site)))
    return report


def threads_of(site: Site) -> str:
    """Return the stacks of all threads of the servers."""
    lines = []
    for process, server in site.processes.items():
        server.send_signal(signal.SIGUSR1)
        time.sleep(0.5)  # until it is written; only after a failure
        lines.append(f"server {process}:\n{site.said(process)[-6000:]}")
    return "\n".join(lines)


@pytest.fixture
def person(
    browsers: list[Browser], site: Site, complaints: list[str]
) -> Iterator[Callable[..., Page]]:
    """`person(user)`: a page in a browser in which the user is logged in; None means a visitor.

    `just_logged_in=True`: pages that change security don't ask for the password again.
    """
    contexts = []
    seats = cycle(browsers)

    def listen(page: Page) -> None:
        page.set_default_timeout(PATIENCE * 1000)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda said: (
                complaints.append(f"{page.url}: {said.text} {said.location}")
                if "Content Security Policy" in said.text
                else None
            ),
        )

    def arrive(
        user: User | None, *, process: int = 0, just_logged_in: bool = False, **options: Any
    ) -> Page:
        if process and not settings.REDIS_URL:
            pytest.skip("needs Redis")
        # By name, because a passkey needs a host name, not an IP address.
        address = site.url("", process).replace("127.0.0.1", "localhost")
        context = next(seats).new_context(base_url=address, **options)
        context.on("page", listen)
        contexts.append(context)
        if user is not None:
            key = session_of(user, confirm=reauthenticate if just_logged_in else None)
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": key, "url": address}])
        return context.new_page()

    yield arrive
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def inspect(person: Callable[..., Page]) -> Inspect:
    """`inspect(user)`: an inspector for pages that the user may see."""

    def make(user: User | None, **options: Any) -> Inspector:
        page = person(
            user, just_logged_in=True, viewport=DESKTOP, reduced_motion="reduce", **options
        )
        return Inspector(page, options.get("locale", ENGLISH))

    return make


@pytest.fixture
def inbox(
    person: Callable[..., Page],
    seller: User,
    stranger: User,
    product: Product,
    conversation: Conversation,
) -> Page:
    """A seller's inbox with two conversations, after the request that follows a new socket."""
    MessageFactory(conversation=conversation, body="Is it still there?")
    other = ConversationFactory(consumer=stranger, product=product)
    MessageFactory(conversation=other, body="Do you ship to Berlin?")
    page = person(seller)
    with page.expect_response("**/conversations/rows/**"):
        page.goto("/conversations/")
        live(page)
    expect(page.locator(".inbox__link")).to_have_text(["Ana Prieto", "Lucía Romero"])
    return page
