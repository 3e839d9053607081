"""Read marks of the sockets, gathered: what people read in one moment is one statement.

Reading is as frequent as writing. On PostgreSQL this does what `actions.mark_read` does, without
a lock on the conversation; `tests/messaging/reading/test_batch.py` holds the two against each
other.
"""

import asyncio
import contextlib
from functools import cache
from typing import NamedTuple

import msgspec
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection
from django.http import Http404

from messaging import actions, events
from messaging.access import standing
from messaging.host import host
from messaging.models import SUBJECT_KIND, Conversation, Message, Participant, Side
from notifications.sql import read_in_statement
from trato.people import Person
from trato.realtime.background import per_loop
from trato.realtime.database import run_in_database_thread
from trato.realtime.dataloader import DataLoader
from trato.realtime.statements import Locked, StatementConnection, numbered


class Mark(NamedTuple):
    """Somebody has read up to a message."""

    conversation_id: int
    reader_id: int
    sequence: int


async def mark_read(person: Person, conversation_id: int, sequence: int) -> None:
    """As `actions.mark_read`, together with all who read in the same moment.

    Raises:
        Http404: the person takes no part in such a conversation.
        django.db.OperationalError: the database cannot be reached.
    """
    takes_part = await _marks.load(Mark(conversation_id, person.pk, sequence))
    if takes_part is None:
        raise OperationalError("somebody holds a lock")
    if not takes_part:
        raise Http404("no such conversation")


async def close() -> None:
    """Close the connection to the database that this event loop's reading has opened."""
    _connection().close()


async def _load(marks: list[Mark]) -> dict[Mark, bool]:
    """For each mark, whether its reader takes part; nothing for those that a lock holds."""
    if connection.vendor != "postgresql":
        return await run_in_database_thread(_mark_each, marks)
    try:
        return await store(_connection(), marks)
    except Locked:
        return await _store_each(_connection(), marks) if len(marks) > 1 else {}


async def _store_each(connection: StatementConnection, marks: list[Mark]) -> dict[Mark, bool]:
    """One by one: whoever shares a statement with one that a lock holds does not fail with it."""
    done: dict[Mark, bool] = {}
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(settings.STATEMENT_TIMEOUT_SECONDS):
            for mark in marks:
                with contextlib.suppress(Locked):
                    done |= await store(connection, [mark])
    return done


_marks: DataLoader[Mark, bool] = DataLoader(_load, one_at_a_time=True)
_connection = per_loop(StatementConnection)


def _mark_each(marks: list[Mark]) -> dict[Mark, bool]:
    """By the ORM, one transaction each, on a database thread."""
    done, person = {}, get_user_model()
    for mark in marks:
        try:
            actions.mark_read(person(pk=mark.reader_id), mark.conversation_id, mark.sequence)
            done[mark] = True
        except Http404:
            done[mark] = False
    return done


async def store(connection: StatementConnection, marks: list[Mark]) -> dict[Mark, bool]:
    """Store marks by one statement, and tell on commit.

    Returns:
        For each mark, whether its reader takes part in the conversation.

    Raises:
        Locked: somebody holds a lock that one of them needs; none was stored.
        django.db.OperationalError: the database cannot be reached.
    """
    furthest: dict[tuple[int, int], int] = {}
    for mark in marks:
        who = mark[:2]
        furthest[who] = max(mark.sequence, furthest.get(who, 0))
    statement, constants = _statement()
    given = [
        {"conversation_id": conversation, "reader_id": reader, "sequence": sequence}
        for (conversation, reader), sequence in furthest.items()
    ]
    found = _found.decode(await connection.run(statement, [msgspec.json.encode(given), *constants]))
    for one in found.members:
        if one.sequence:  # it moved on
            events.marked(
                one.conversation_id, one.side, one.reader_id, one.sequence,
                one.consumer_id, one.shop_id,
            )  # fmt: skip
    events.badges_changed(found.badge_changed)
    members = {(one.conversation_id, one.reader_id) for one in found.members}
    return {mark: mark[:2] in members for mark in marks}


class _Member(msgspec.Struct):
    """A mark whose reader takes part in the conversation, as the statement gives it."""

    conversation_id: int
    reader_id: int
    side: Side
    sequence: int | None  # None: was read further before
    consumer_id: int
    shop_id: int


class _Found(msgspec.Struct):
    members: list[_Member]
    badge_changed: list[int]


_found = msgspec.json.Decoder(_Found)


@cache
def _statement() -> tuple[str, list[bytes]]:
    """The statement, and its parameters after the first, which is the marks as JSON.

    Written to be looked up by index, however it is planned: see `store`.
    """
    member_sql, member_parameters = host.members_sql()
    conversation, message, participant = (
        model._meta.db_table for model in (Conversation, Message, Participant)
    )
    text = f"""
    WITH mark AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(%s::jsonb)
            AS m(conversation_id bigint, reader_id bigint, sequence int)
    ),
    works_for(shop_id, user_id) AS NOT MATERIALIZED ({member_sql}),
    entitled AS MATERIALIZED (
        SELECT m.conversation_id, m.reader_id, c.consumer_id, c.shop_id,
               least(m.sequence, c.last_sequence) AS sequence,
               CASE WHEN c.consumer_id = m.reader_id THEN 'consumer' ELSE 'seller' END AS side
        FROM mark m
        CROSS JOIN LATERAL (SELECT * FROM {conversation} c
                            WHERE c.id = m.conversation_id LIMIT 1) c
        WHERE {standing("c", "m.reader_id")}
    ),
    moved AS (
        INSERT INTO {participant} AS p (conversation_id, user_id, side, last_read_sequence)
        SELECT e.conversation_id, e.reader_id, e.side, e.sequence
        FROM entitled e
        ORDER BY e.conversation_id, e.reader_id
        ON CONFLICT (conversation_id, user_id) DO UPDATE
            SET last_read_sequence = excluded.last_read_sequence
            WHERE p.last_read_sequence < excluded.last_read_sequence
        RETURNING p.conversation_id, p.user_id, p.last_read_sequence
    ),
    seen AS MATERIALIZED (
        SELECT e.reader_id AS recipient_id, e.conversation_id AS subject_id
        FROM entitled e
        WHERE (
            SELECT NOT EXISTS (
                SELECT FROM {message} newer
                WHERE newer.conversation_id = e.conversation_id AND newer.side <> e.side
                  AND newer.sequence > greatest(e.sequence, (
                      SELECT p.last_read_sequence FROM {participant} p
                      WHERE p.conversation_id = e.conversation_id AND p.user_id = e.reader_id))))
    ),
    {read_in_statement("seen", SUBJECT_KIND)}
    SELECT json_build_object(
        'members', (
            SELECT coalesce(json_agg(json_build_object(
                'conversation_id', e.conversation_id, 'reader_id', e.reader_id, 'side', e.side,
                'sequence', m.last_read_sequence,
                'consumer_id', e.consumer_id, 'shop_id', e.shop_id)), '[]')
            FROM entitled e
            LEFT JOIN moved m ON m.conversation_id = e.conversation_id
                             AND m.user_id = e.reader_id),
        'badge_changed', (SELECT coalesce(json_agg(recipient_id), '[]') FROM badge_changed))
    """
    return numbered(text, member_parameters)
