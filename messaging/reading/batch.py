"""Store the sockets' read marks in batches, with `READ_MARK_PAUSE_SECONDS` between them.

People read as often as they write. On PostgreSQL one statement stores all marks, without a lock on
the conversations; `tests/messaging/reading/test_batch.py` compares the two ways.
"""

import asyncio
import contextlib
from collections.abc import Sequence

import psycopg
from django.conf import settings
from django.db import OperationalError, connection

from messaging import client_frames, events
from messaging.records import Reading, ReadMark
from trato.people import Person
from trato.realtime.background import per_loop
from trato.realtime.database import run_in_database_thread
from trato.realtime.dataloader import DataLoader
from trato.realtime.statements import Locked, StatementConnection

from . import orm, postgresql

Key = tuple[int, int]  # conversation, person


def mark_read(
    person: Person, conversation_id: int, sequence: int
) -> "asyncio.Future[ReadMark | None]":
    """Do what `actions.mark_read` does, for a socket; the future is done once the mark is stored.

    The future raises Http404 if the person doesn't take part in such a conversation, and
    django.db.OperationalError if the mark cannot be stored now.
    """
    key = (conversation_id, person.pk)
    waiting = _waiting()
    if (mark := waiting.get(key)) is None or mark.sequence < sequence:
        waiting[key] = Reading(conversation_id, person, sequence)
    return _marks.request(key)


def raise_mark(person: Person, frame: client_frames.Read) -> bool:
    """Raise a waiting mark of the same socket; return False if there is none.

    Args:
        person: the socket's own user object. A mark with another object came from another socket,
            and only that socket gets the error if the mark cannot be stored.
    """
    waiting, key = _waiting(), (frame.conversation, person.pk)
    mark = waiting.get(key)
    if mark is None or mark.reader is not person:
        return False
    if frame.sequence > mark.sequence:
        waiting[key] = mark._replace(sequence=frame.sequence)
    return True


async def close() -> None:
    """Close this event loop's database connection for read marks."""
    _connection().close()


async def _load(keys: list[Key]) -> dict[Key, ReadMark | Exception]:
    waiting = _waiting()
    readings = [waiting.pop(key) for key in keys]
    answers: dict[Key, ReadMark | Exception] = {}
    for start in range(0, len(keys), settings.READ_MARK_BATCH_MAX):
        part = slice(start, start + settings.READ_MARK_BATCH_MAX)
        try:
            stored = await _store(readings[part])
        except OperationalError as error:
            stored = [error] * len(readings[part])
        events.messages_read([mark for mark in stored if isinstance(mark, ReadMark)])
        answers.update(zip(keys[part], stored, strict=False))
    for key in keys:
        if isinstance(answers.get(key), None | Locked | psycopg.Error):
            answers[key] = OperationalError("this mark cannot be stored now")
    return answers


async def _store(readings: Sequence[Reading]) -> list[ReadMark | Exception]:
    if connection.vendor != "postgresql":
        return await run_in_database_thread(orm.store, readings)
    try:
        return await postgresql.store(_connection(), readings)
    except (Locked, psycopg.Error) as error:
        return [error] if len(readings) == 1 else await _store_each(readings)


async def _store_each(readings: Sequence[Reading]) -> list[ReadMark | Exception]:
    """Store marks one by one, so that a lock delays only the marks that need it.

    If time runs out, the result lacks the marks at the end.
    """
    answers: list[ReadMark | Exception] = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(settings.STATEMENT_TIMEOUT_SECONDS):
            for reading in readings:
                try:
                    answers += await postgresql.store(_connection(), [reading])
                except OperationalError as error:  # the database is down for the others, too
                    answers.append(error)
                    break
                except (Locked, psycopg.Error) as error:
                    answers.append(error)
    return answers


_waiting: per_loop[dict[Key, Reading]] = per_loop(dict)  # each person's furthest one
_marks: DataLoader[Key, ReadMark] = DataLoader(
    _load, pause=lambda: settings.READ_MARK_PAUSE_SECONDS
)
_connection = per_loop(StatementConnection)
