"""Two people in two real browsers, on real servers over one database.

The servers are Daphnes of their own; the people are made by factories in the same database.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, Playwright

from accounts.models import User
from tests import services

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 30.0  # seconds until a server must answer

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # sync Playwright runs a loop in this thread


class Site:
    """One or two server processes on the test database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = [services.free_port(), services.free_port()]
        self.processes: dict[int, subprocess.Popen[bytes]] = {}

    def url(self, path: str = "/", process: int = 0) -> str:
        return f"http://127.0.0.1:{self.ports[process]}{path}"

    def start(self, process: int) -> None:
        """Start a server and wait until it answers."""
        log = (self.folder / f"server-{process}.log").open("ab")
        self.processes[process] = subprocess.Popen(
            [sys.executable, "-m", "config.server", "--port", str(self.ports[process])],
            env={**os.environ, "DATABASE_URL": self.database(), "DEMO_LOGINS": "1"},
            stdout=log,
            stderr=log,
        )
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                urlopen(self.url("/health/", process), timeout=5).close()  # noqa: S310
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def kill(self, process: int) -> None:
        """As a crash: without a goodbye."""
        server = self.processes.pop(process)
        server.kill()
        server.wait()

    def database(self) -> str:
        values = connection.settings_dict
        if connection.vendor == "sqlite":
            return f"sqlite:///{values['NAME']}"
        return f"postgres://{values['USER']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The settings as they are: the servers find the same database by its address."""


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[Site]:
    """Two servers where there is Redis between them, else one."""
    made = Site(tmp_path)
    for process in range(2 if settings.REDIS_URL else 1):
        made.start(process)
    yield made
    for process in list(made.processes):
        made.kill(process)


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
            client = Client()
            client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
            key = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": site.url("", process)}]
            )
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
