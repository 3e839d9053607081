"""Without Redis, a second process on the same database doesn't start."""

import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import override_settings

from config import server, single_process

needs_server = pytest.mark.skipif(connection.vendor != "postgresql", reason="a claim on a server")


@pytest.fixture(autouse=True)
def released() -> Iterator[None]:
    """Release what a test has claimed, as the end of a process does."""
    yield
    release()


def release() -> None:
    servers = []
    while single_process._claims:
        held = single_process._claims.pop()
        if isinstance(held, int):
            os.close(held)
        else:
            held.close()
            servers.append(held)
    for one in servers[:1]:  # PostgreSQL releases the lock a moment after the connection
        with psycopg.connect(**one.parameters) as session:
            session.execute("SELECT pg_advisory_xact_lock(%s)", [single_process.LOCK_KEY])


@pytest.fixture
def database(settings: Any, tmp_path: Any, monkeypatch: Any) -> None:
    settings.REDIS_URL = ""
    if connection.vendor == "sqlite":
        monkeypatch.setitem(settings.DATABASES["default"], "NAME", tmp_path / "site.sqlite3")


def end(held: single_process.ServerClaim) -> None:
    """End a claim's session on the server, as a restart of PostgreSQL does."""
    assert held.backend
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [held.backend[0]])
        assert cursor.fetchone() == (True,)


@pytest.mark.django_db
def test_a_database_is_claimed_until_its_process_ends(database: None) -> None:
    assert single_process.claim()
    assert not single_process.claim()
    release()
    assert single_process.claim()


@needs_server
@pytest.mark.django_db
def test_the_claim_is_in_an_open_transaction_that_keeps_no_old_rows(database: None) -> None:
    """A pooler such as PgBouncer leaves the connection to this process; VACUUM isn't blocked."""
    assert single_process.claim()
    [held] = single_process._claims
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, backend_xid, backend_xmin FROM pg_stat_activity WHERE pid = %s",
            [held.backend[0]],
        )
        assert cursor.fetchone() == ("idle in transaction", None, None)
    assert held.check() is True


@pytest.mark.django_db
def test_with_redis_any_number_of_processes_may_serve(database: None) -> None:
    with override_settings(REDIS_URL="redis://127.0.0.1:6379/0"):
        assert all(single_process.claim() for _ in range(3))


@needs_server
@pytest.mark.django_db
def test_a_database_that_is_away_keeps_no_process_from_starting(
    database: None, monkeypatch: Any
) -> None:
    there = connection.get_connection_params()
    monkeypatch.setattr(connection, "get_connection_params", lambda: {**there, "port": 1})
    assert single_process.claim()
    assert single_process.claim()
    first, second = single_process._claims
    assert [first.check(), second.check()] == [None, None]
    for one in (first, second):
        one.parameters["port"] = there["port"]
    assert [first.check(), second.check(), first.check()] == [True, False, True]


@needs_server
@pytest.mark.django_db
def test_a_lost_claim_is_taken_again(database: None) -> None:
    assert single_process.claim()
    [held] = single_process._claims
    end(held)
    assert [held.check(), held.check()] == [None, True]
    assert not single_process.claim()


@needs_server
@pytest.mark.django_db
def test_a_cut_connection_that_the_server_takes_for_alive_is_replaced(database: None) -> None:
    assert single_process.claim()
    [held] = single_process._claims
    old, held.session = held.session, None
    assert held.check() is True
    with pytest.raises(psycopg.OperationalError):
        old.execute("SELECT 1")


@needs_server
@pytest.mark.django_db
def test_a_process_stops_if_another_has_taken_its_claim(database: None, monkeypatch: Any) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(
        "config.single_process.time.sleep", pytest.fail
    )  # it has nothing to wait for
    monkeypatch.setattr(os, "kill", lambda *order: told.append(order))
    assert single_process.claim()
    [held] = single_process._claims
    end(held)
    assert held.check() is None
    assert single_process.claim()
    single_process._keep(held)
    assert told == [(os.getpid(), signal.SIGTERM)]
    assert single_process._claims[1].check() is True


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
