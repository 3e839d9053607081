"""The event loop's own connection to PostgreSQL."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from messaging.line import Line
from tests.patience import PATIENCE

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]

ECHO = "SELECT $1::json"


def on_a_line(play: Callable[[Line], Awaitable[Any]]) -> Any:
    async def whole() -> Any:
        line = Line()
        try:
            async with asyncio.timeout(PATIENCE):
                return await play(line)
        finally:
            line.close()

    return asyncio.run(whole())


def test_more_than_fits_into_one_write_or_one_read_goes_through() -> None:
    value = ["ñ" * 100_000] * 40
    given = json.dumps(value).encode()
    answers = on_a_line(lambda line: both(line, [given]))
    assert [json.loads(answer) for answer in answers] == [value, value]


async def both(line: Line, given: list[bytes]) -> list[bytes]:
    return [await line.run(ECHO, given), await line.run(ECHO, given)]


def test_what_fails_at_commit_has_failed() -> None:
    """PostgreSQL says that the statement is done before it looks at deferred constraints."""
    insert = "INSERT INTO notes (id, before) VALUES ($1::int, $2::int) RETURNING id"

    async def play(line: Line) -> tuple[bytes, bytes]:
        first = await line.run(insert, [b"1", b"1"])
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            await line.run(insert, [b"2", b"9"])
        return first, await line.run("SELECT count(*) FROM notes WHERE $1", [b"true"])

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE notes (id int PRIMARY KEY,"
            " before int REFERENCES notes DEFERRABLE INITIALLY DEFERRED)"
        )
    try:
        assert on_a_line(play) == (b"1", b"1")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE notes")


def test_after_an_error_the_line_goes_on() -> None:
    async def play(line: Line) -> bytes:
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            await line.run(ECHO, [b"{"])
        before = line.connection
        answer = await line.run(ECHO, [b"1"])
        assert line.connection is before
        return answer

    assert on_a_line(play) == b"1"


def test_who_gives_up_leaves_no_answer_for_the_next_one() -> None:
    slow = "SELECT json_build_array(pg_sleep($1::float8) IS NULL)"

    async def play(line: Line) -> bytes:
        await line.run(ECHO, [b"0"])
        task = asyncio.create_task(line.run(slow, [b"2"]))
        await asyncio.sleep(0.05)  # under way by now
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return await line.run(ECHO, [b"2"])

    assert on_a_line(play) == b"2"


def test_a_database_that_does_not_answer_is_given_up(settings: Any) -> None:
    settings.STATEMENT_TIMEOUT_SECONDS = 1

    async def play(line: Line) -> bytes:
        await line.run(ECHO, [b"0"])
        with pytest.raises(OperationalError, match="does not answer"):
            await line.run("SELECT json_build_array(pg_sleep($1::float8) IS NULL)", [b"3"])
        return await line.run(ECHO, [b"3"])

    assert on_a_line(play) == b"3"
