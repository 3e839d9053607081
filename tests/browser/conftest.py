"""Two people in two real browsers, on real servers over one database.

The servers are Daphnes of their own; the people are made by factories in the same database.
"""

import os
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from playwright.sync_api import Browser, Page, Playwright, expect

from accounts.models import User
from deploy import services
from tests.browser.inspector import DESKTOP, ENGLISH, Inspect, Inspector
from tests.patience import PATIENCE
from tests.site import Site, session_of

# Pages of the browser's own window, which nobody sees: loading them for each new context took half
# of the browser's time. The rest is Playwright's own list, which this one replaces.
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
    """The settings as they are: the servers find the same database by its address."""


@pytest.fixture(scope="session")
def servers(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two servers where there is Redis between them, else one. They live as long as the tests."""
    with Site.on_test_database(tmp_path_factory.mktemp("servers"), DEMO_LOGINS="1") as made:
        yield made


@pytest.fixture
def site(transactional_db: None, servers: Site) -> Iterator[Site]:
    """The servers, all of them running, on an empty database."""
    for process in range(2 if settings.REDIS_URL else 1):
        if process not in servers.processes:
            servers.start(process)
    yield servers
    # What pages began as they were closed has to end before the tables are emptied: who holds one
    # table and waits for the next would end in a deadlock with who empties them.
    deadline = time.monotonic() + PATIENCE
    while connection.vendor == "postgresql" and servers_at_work():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def servers_at_work() -> bool:
    """Whether somebody asks something of the database, or did a moment ago and may go on."""
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
    """Two browsers; people take turns in sitting down at them."""
    path = services.find("chromium")
    made = [playwright.chromium.launch(executable_path=path, args=FLAGS) for _ in range(2)]
    yield made
    for browser in made:
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What browsers said in their consoles: reports of the content security policy, errors."""
    return []


@pytest.fixture
def person(
    browsers: list[Browser], site: Site, complaints: list[str]
) -> Iterator[Callable[..., Page]]:
    """`person(user)`: a browser that is logged in; None: a visitor. Options as for a context.

    `just_logged_in=True`: the password is not asked again where security is changed.
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
        # By name: a passkey belongs to a host name, and an address of numbers is none.
        address = site.url("", process).replace("127.0.0.1", "localhost")
        context = next(seats).new_context(base_url=address, **options)
        context.on("page", listen)
        contexts.append(context)
        if user is not None:
            key = session_of(user)
            if just_logged_in:
                session = SessionStore(key)
                session["account_authentication_methods"] = [
                    {"method": "password", "at": time.time(), "email": user.email}
                ]
                session.save()
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": key, "url": address}])
        return context.new_page()

    yield arrive
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def inspect(person: Callable[..., Page]) -> Inspect:
    """`inspect(user)`: an inspector who goes where that person may go."""

    def make(user: User | None, **options: Any) -> Inspector:
        page = person(
            user, just_logged_in=True, viewport=DESKTOP, reduced_motion="reduce", **options
        )
        return Inspector(page, colours=options.get("locale", ENGLISH) == ENGLISH)

    return make
