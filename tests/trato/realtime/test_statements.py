"""The event loop's own connection to PostgreSQL."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from tests.databases import own_database
from tests.patience import PATIENCE
from trato.realtime.statements import Locked, StatementConnection

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]

ECHO = "SELECT $1::json"
SLOW = "SELECT json_build_array(pg_sleep($1::float8) IS NULL)"
EXPLAIN = "EXPLAIN (FORMAT JSON) SELECT id FROM empty_notes WHERE id = $1::int"
INSERT = "INSERT INTO notes (id, before) VALUES ($1::int, $2::int) RETURNING id"
UPDATE = "UPDATE notes SET before = id WHERE id = $1::int RETURNING id"


def on_a_connection(play: Callable[[StatementConnection], Awaitable[Any]]) -> Any:
    async def whole() -> Any:
        connection = StatementConnection()
        try:
            async with asyncio.timeout(PATIENCE):
                return await play(connection)
        finally:
            connection.close()

    return asyncio.run(whole())


def test_more_than_fits_into_one_write_or_one_read_goes_through() -> None:
    value = ["ñ" * 100_000] * 40
    given = json.dumps(value).encode()
    answers = on_a_connection(lambda connection: both(connection, [given]))
    assert [json.loads(answer) for answer in answers] == [value, value]


def test_a_plan_made_while_a_table_was_empty_scans_no_table() -> None:
    """It is kept until the table is analyzed, however many rows it has by then."""

    async def play(connection: StatementConnection) -> bytes:
        return await connection.run(EXPLAIN, [b"1"])

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE empty_notes (id int PRIMARY KEY)")
        cursor.execute("VACUUM ANALYZE empty_notes")
        try:
            plan = json.loads(on_a_connection(play))
        finally:
            cursor.execute("DROP TABLE empty_notes")
    assert "Seq Scan" not in json.dumps(plan)


async def both(connection: StatementConnection, given: list[bytes]) -> list[bytes]:
    return [await connection.run(ECHO, given), await connection.run(ECHO, given)]


def test_what_fails_at_commit_has_failed(notes: None) -> None:
    """PostgreSQL reports the statement as done before it checks deferred constraints."""

    async def play(connection: StatementConnection) -> tuple[bytes, bytes]:
        first = await connection.run(INSERT, [b"1", b"1"])
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            await connection.run(INSERT, [b"2", b"9"])
        return first, await connection.run("SELECT count(*) FROM notes WHERE $1", [b"true"])

    assert on_a_connection(play) == (b"1", b"1")


def test_after_an_error_the_line_goes_on() -> None:
    async def play(connection: StatementConnection) -> bytes:
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            await connection.run(ECHO, [b"{"])
        before = connection.raw
        answer = await connection.run(ECHO, [b"1"])
        assert connection.raw is before
        return answer

    assert on_a_connection(play) == b"1"


def test_who_gives_up_leaves_no_answer_for_the_next_one() -> None:
    async def play(connection: StatementConnection) -> bytes:
        await connection.run(ECHO, [b"0"])
        await give_up(connection, asyncio.create_task(connection.run(SLOW, [b"300"])))
        return await connection.run(ECHO, [b"2"])

    assert on_a_connection(play) == b"2"


def test_a_statement_that_is_given_up_is_cancelled() -> None:
    async def play(connection: StatementConnection) -> None:
        await give_up(connection, asyncio.create_task(connection.run(SLOW, [b"300"])))
        await until(lambda: slow_ones() == 0)

    on_a_connection(play)


def test_a_statement_that_takes_too_long_is_cancelled_and_not_tried_again(settings: Any) -> None:
    """The server gives up first; if it doesn't, we do."""
    settings.STATEMENT_TIMEOUT_SECONDS = 1

    async def play(connection: StatementConnection) -> bytes:
        await connection.run(ECHO, [b"0"])
        with pytest.raises(OperationalError, match="statement timeout"):
            await connection.run(SLOW, [b"300"])
        await connection.run("SELECT set_config('statement_timeout', $1, false)", [b"0"])
        with pytest.raises(OperationalError, match="does not answer"):
            await connection.run(SLOW, [b"300"])
        await until(lambda: slow_ones() == 0)
        return await connection.run(ECHO, [b"3"])

    assert on_a_connection(play) == b"3"


def test_a_connection_that_only_reads_is_replaced(notes: None) -> None:
    """This happens after a failover, if the old server continues as a replica."""

    async def play(connection: StatementConnection) -> bytes:
        await connection.run(
            "SELECT set_config('default_transaction_read_only', $1, false)", [b"on"]
        )
        return await connection.run(INSERT, [b"1", b"1"])

    assert on_a_connection(play) == b"1"


@pytest.mark.parametrize("state", ["25006", "53100", "55000", "XX000", "58030", "42P01"])
def test_what_is_not_the_values_fault_closes_the_connection(state: str, fail: str) -> None:
    async def play(connection: StatementConnection) -> None:
        await connection.run(ECHO, [b"0"])
        before = connection.raw
        with pytest.raises(OperationalError, match=state):
            await connection.run(fail, [state.encode()])
        assert connection.raw is not before
        assert await connection.run(ECHO, [b"1"]) == b"1"

    on_a_connection(play)


@pytest.mark.parametrize("state", ["40P01", "23505"], ids=["deadlock", "conflict"])
def test_what_others_meanwhile_caused_is_tried_again(state: str, fail: str) -> None:
    async def play(connection: StatementConnection) -> bytes:
        return await connection.run(fail.replace("fail", "fail_once"), [state.encode()])

    assert on_a_connection(play) == b"2"


def test_somebodys_lock_is_told_and_the_connection_stays(notes: None) -> None:
    async def play(connection: StatementConnection) -> bytes:
        await connection.run(INSERT, [b"1", b"1"])
        before = connection.raw
        with psycopg.connect(own_database()) as other:
            other.execute("SELECT FROM notes FOR UPDATE")
            with pytest.raises(Locked):
                await connection.run(UPDATE, [b"1"])
        assert connection.raw is before
        return await connection.run(UPDATE, [b"1"])

    assert on_a_connection(play) == b"1"


def test_a_lock_is_waited_for_as_long_as_the_setting_says(settings: Any) -> None:
    settings.SEND_LOCK_SECONDS = 0.25

    async def play(connection: StatementConnection) -> bytes:
        return await connection.run("SELECT current_setting($1)", [b"lock_timeout"])

    assert on_a_connection(play) == b"250ms"


async def give_up(connection: StatementConnection, task: "asyncio.Task[bytes]") -> None:
    """Cancel a slow statement after the server has started it."""
    await until(lambda: slow_ones() == 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(is_so: Callable[[], bool]) -> None:
    while not await asyncio.to_thread(is_so):
        await asyncio.sleep(0.01)


def slow_ones() -> int:
    with psycopg.connect(own_database()) as other:
        row = other.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND state = 'active' AND query = %s",
            [SLOW],
        ).fetchone()
    assert row
    return int(row[0])


@pytest.fixture
def notes() -> Iterator[None]:
    """A separate table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE notes (id int PRIMARY KEY,"
            " before int REFERENCES notes DEFERRABLE INITIALLY DEFERRED)"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE notes")


@pytest.fixture
def fail() -> Iterator[str]:
    """A statement that fails with the given SQLSTATE; `fail_once` fails only the first time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fail(state text) RETURNS text LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION '%', state USING ERRCODE = state; END $$"
        )
        cursor.execute("CREATE SEQUENCE attempt")  # a rollback takes no number back
        cursor.execute(
            "CREATE FUNCTION fail_once(state text) RETURNS text LANGUAGE plpgsql AS"
            " $$ BEGIN IF nextval('attempt') = 1 THEN PERFORM fail(state); END IF;"
            " RETURN currval('attempt'); END $$"
        )
    yield "SELECT fail($1)"
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION fail, fail_once")
        cursor.execute("DROP SEQUENCE attempt")
