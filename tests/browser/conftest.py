"""Two people in two real browsers, on real servers over one database.

The servers are Daphnes of their own; the people are made by factories in the same database.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Playwright

from accounts.models import User
from tests import services
from tests.site import Site, session_of

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # sync Playwright runs a loop in this thread


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The settings as they are: the servers find the same database by its address."""


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[Site]:
    """Two servers where there is Redis between them, else one."""
    with Site.on_test_database(tmp_path, DEMO_LOGINS="1") as made:
        for process in range(2 if settings.REDIS_URL else 1):
            made.start(process)
        yield made


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = playwright.chromium.launch(executable_path=services.find("chromium"), args=FLAGS)
    yield chromium
    chromium.close()


@pytest.fixture
def complaints() -> list[str]:
    """What browsers said in their consoles: reports of the content security policy, errors."""
    return []


@pytest.fixture
def person(browser: Browser, site: Site, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """`person(user)`: a browser that is logged in; None: a visitor. Options as for a context."""
    contexts = []

    def arrive(user: User | None, *, process: int = 0, **options: Any) -> Page:
        context = browser.new_context(base_url=site.url("", process), **options)
        contexts.append(context)
        if user is not None:
            name, value = settings.SESSION_COOKIE_NAME, session_of(user)
            context.add_cookies([{"name": name, "value": value, "url": site.url("", process)}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                complaints.append(f"{page.url}: {said.text} {said.location}")
                if "Content Security Policy" in said.text
                else None
            ),
        )
        return page

    yield arrive
    for context in contexts:
        context.close()
    assert complaints == []
