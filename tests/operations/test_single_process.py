"""Without Redis, a second process on the same database doesn't start."""

import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from config import server, single_process


@pytest.fixture(autouse=True)
def released() -> Iterator[None]:
    """Let go of what a test has claimed, as the end of a process does."""
    yield
    release()


def release() -> None:
    while single_process._claims:
        held = single_process._claims.pop()
        os.close(held) if isinstance(held, int) else held.close()


@pytest.fixture
def database(settings: Any, tmp_path: Any, monkeypatch: Any) -> None:
    settings.REDIS_URL = ""
    if connection.vendor == "sqlite":
        monkeypatch.setitem(settings.DATABASES["default"], "NAME", tmp_path / "site.sqlite3")


@pytest.mark.django_db
def test_a_database_is_claimed_until_its_process_ends(database: None) -> None:
    assert single_process.claim()
    assert not single_process.claim()
    release()
    assert single_process.claim()


@pytest.mark.django_db
def test_with_redis_any_number_of_processes_may_serve(database: None) -> None:
    with override_settings(REDIS_URL="redis://127.0.0.1:6379/0"):
        assert all(single_process.claim() for _ in range(3))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a server that can be away")
@pytest.mark.django_db
def test_a_database_that_is_away_keeps_no_process_from_starting(
    database: None, monkeypatch: Any
) -> None:
    parameters = {**connection.get_connection_params(), "port": 1}
    monkeypatch.setattr(connection, "get_connection_params", lambda: parameters)
    assert single_process.claim()


def test_a_process_that_may_not_serve_says_why_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[str, int]] = []

    def serve(*address: Any) -> bool:
        served.append(address)
        return True

    monkeypatch.setattr(sys, "argv", ["server"])
    monkeypatch.setattr(server, "serve", serve)
    monkeypatch.setattr(single_process, "claim", lambda: False)
    with pytest.raises(SystemExit, match="set REDIS_URL, or stop the other one"):
        server.main()
    assert served == []
    monkeypatch.setattr(single_process, "claim", lambda: True)
    server.main()
    assert served == [("127.0.0.1", 8000)]
