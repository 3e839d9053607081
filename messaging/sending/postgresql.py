"""Storing many waiting messages by one statement in one transaction. PostgreSQL only.

What `actions.send` does for one message by the ORM, this does for all sends of a moment: standing,
repeats, the conversations' locks, sequence and revision, the messages, the counters, the
notifications. `tests/messaging/sending/test_stores.py` holds the two against each other.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

import msgspec
import psycopg
import structlog
from django.db import InternalError

from messaging.access import standing
from messaging.host import host
from messaging.models import SUBJECT_KIND, Conversation, Message, Side
from notifications.sql import notify_in_statement
from trato.realtime.statements import Locked, StatementConnection, numbered

log = structlog.get_logger("trato.store")


class Attempt(msgspec.Struct, frozen=True):
    """A message that somebody wants to send.

    `allowed`: text and limit are in order. One that is not is only looked for among the messages
    that were sent before: a repeated `client_id` with the same words gets the first answer.
    """

    conversation_id: int
    sender_id: int
    sender_name: str
    client_id: uuid.UUID
    body: str
    excerpt: str
    url: str
    allowed: bool


class Stored(msgspec.Struct, frozen=True):
    """A message as it stands in the database; `is_new` unless the `client_id` was repeated.

    `is_same` unless it was repeated with other words.
    """

    id: int
    sequence: int
    revision: int
    created_at: datetime
    side: Side
    consumer_id: int
    shop_id: int
    is_new: bool
    is_same: bool


class Outcome(NamedTuple):
    """What became of some attempts, by their places: the first one's is 1.

    `stored` has those that are messages now, `members` those whose sender takes part in the
    conversation, `failed` what the database said of one that cannot be stored, `held` those whose
    conversation somebody else has locked just now: nothing became of them yet. `badge_changed` are
    the people whose number of unread notifications may have changed.
    """

    stored: dict[int, Stored]
    members: set[int]
    failed: dict[int, Exception]
    held: set[int]
    badge_changed: list[int]


class _Member(msgspec.Struct):
    """An attempt whose sender takes part in the conversation, as the statement gives it."""

    place: int
    message: Stored | None


class _Found(msgspec.Struct):
    members: list[_Member]
    held: list[int]
    badge_changed: list[int]


_found = msgspec.json.Decoder(_Found)


async def store(connection: StatementConnection, attempts: Sequence[Attempt]) -> Outcome:
    """Store what may be stored; when this returns it is committed. What cannot be fails alone.

    Two messages of one conversation get their sequences in the order they stand here. Rows are
    locked in the order of docs/decisions/0013-lock-order.md, and no conversation's lock is waited
    for: what it keeps is `held`.

    Args:
        attempts: no (conversation, sender, client_id) twice.

    Raises:
        Locked: somebody holds another lock, of whatever; nothing was stored.
        django.db.OperationalError: the database cannot be reached; whether it has stored
            anything is not known, and sending again under the same `client_id` is safe.
    """
    try:
        return await _store(connection, attempts)
    except (psycopg.errors.IntegrityError, psycopg.errors.DataError) as error:
        if len(attempts) == 1:
            log.error("send_not_storable", error=type(error).__name__)
            return Outcome(
                {}, set(), {1: InternalError("this message cannot be stored")}, set(), []
            )
    whole = Outcome({}, set(), {}, set(), [])
    held: set[int] = set()  # conversations; what is said there keeps its order
    for place, attempt in enumerate(attempts, start=1):
        if attempt.conversation_id not in held:
            one = await _store_alone(connection, attempt)
            whole.stored.update((place, stored) for stored in one.stored.values())
            whole.failed.update((place, error) for error in one.failed.values())
            whole.members.update(place for _ in one.members)
            whole.badge_changed.extend(one.badge_changed)
            held.update(attempt.conversation_id for _ in one.held)
        if attempt.conversation_id in held:
            whole.held.add(place)
    return whole


async def _store_alone(connection: StatementConnection, attempt: Attempt) -> Outcome:
    """One of several: what was stored before it stays stored, so a lock holds only this one."""
    try:
        return await store(connection, [attempt])
    except Locked:
        return Outcome({}, set(), {}, {1}, [])


async def _store(connection: StatementConnection, attempts: Sequence[Attempt]) -> Outcome:
    statement, constants = _statement()
    answer = await connection.run(statement, [msgspec.json.encode(attempts), *constants])
    found = _found.decode(answer)
    return Outcome(
        stored={one.place: one.message for one in found.members if one.message},
        members={one.place for one in found.members},
        failed={},
        held=set(found.held),
        badge_changed=found.badge_changed,
    )


@cache
def _statement() -> tuple[str, list[bytes]]:
    """The statement, and its parameters after the first, which is the attempts as JSON.

    It is planned once per connection, for a hundred attempts, and PostgreSQL would rather read a
    table of some ten thousand rows from end to end than look a hundred of them up. LATERAL with
    LIMIT, ANY (ARRAY(…)) and sub-selects with a value leave it nothing but the index.
    """
    member_sql, member_parameters = host.members_sql()
    shop_sql, shop_parameters = host.shop_names_sql()
    conversation, message = Conversation._meta.db_table, Message._meta.db_table
    text = f"""
    WITH attempt AS MATERIALIZED (
        SELECT given.place::int, a.*
        FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS given(value, place),
             jsonb_to_record(given.value) AS a(
                 conversation_id bigint, sender_id bigint, sender_name text, client_id uuid,
                 body text, excerpt text, url text, allowed boolean)
    ),
    works_for(shop_id, user_id) AS NOT MATERIALIZED ({member_sql}),
    shop(id, name) AS NOT MATERIALIZED ({shop_sql}),
    entitled AS MATERIALIZED (
        SELECT a.*, c.consumer_id, c.shop_id,
               CASE WHEN c.consumer_id = a.sender_id THEN 'consumer' ELSE 'seller' END AS side
        FROM attempt a
        CROSS JOIN LATERAL (SELECT c.id, c.consumer_id, c.shop_id FROM {conversation} c
                            WHERE c.id = a.conversation_id LIMIT 1) c
        WHERE {standing("c", "a.sender_id")}
    ),
    known AS MATERIALIZED (
        SELECT e.place, m.id, m.sequence, m.revision, m.created_at, m.body = e.body AS is_same
        FROM entitled e
        CROSS JOIN LATERAL (SELECT m.* FROM {message} m
                            WHERE m.conversation_id = e.conversation_id
                              AND m.sender_id = e.sender_id AND m.client_id = e.client_id
                            LIMIT 1) m
    ),
    wanted AS MATERIALIZED (
        SELECT e.*, row_number() OVER (PARTITION BY e.conversation_id ORDER BY e.place) AS nth
        FROM entitled e
        WHERE e.allowed AND NOT EXISTS (SELECT FROM known k WHERE k.place = e.place)
    ),
    locked AS MATERIALIZED (
        SELECT c.id, c.last_sequence, c.revision
        FROM {conversation} c
        WHERE c.id = ANY (ARRAY(SELECT conversation_id FROM wanted))
        ORDER BY c.id
        FOR NO KEY UPDATE OF c SKIP LOCKED
    ),
    fresh AS MATERIALIZED (
        SELECT w.*, l.last_sequence + w.nth AS sequence, l.revision + w.nth AS revision
        FROM wanted w
        JOIN locked l ON l.id = w.conversation_id
    ),
    stored AS (
        INSERT INTO {message} (conversation_id, sequence, revision, client_id, sender_id, side,
                               body, created_at)
        SELECT f.conversation_id, f.sequence, f.revision, f.client_id, f.sender_id, f.side, f.body,
               clock_timestamp()
        FROM fresh f
        ORDER BY f.place
        RETURNING id, conversation_id, sequence, revision, client_id, sender_id, side, created_at
    ),
    counted AS (
        UPDATE {conversation} c
        SET last_sequence = last.sequence, revision = last.revision, last_message_id = last.id,
            last_message_at = last.created_at,
            first_reply_seconds = coalesce(
                c.first_reply_seconds,
                CASE WHEN last.first_answer_at IS NOT NULL THEN  -- which `greatest` passes over
                    greatest(0, floor(extract(epoch FROM last.first_answer_at - c.created_at))::int)
                END)
        FROM (SELECT DISTINCT ON (s.conversation_id) s.*,
                     min(s.created_at) FILTER (WHERE s.side = 'seller')
                         OVER (PARTITION BY s.conversation_id) AS first_answer_at
              FROM stored s
              ORDER BY s.conversation_id, s.sequence DESC) AS last
        WHERE c.id = last.conversation_id AND c.id = ANY (ARRAY(SELECT id FROM locked))
    ),
    news AS MATERIALIZED (
        SELECT DISTINCT ON (recipient_id, subject_id) *
        FROM (SELECT w.user_id AS recipient_id, f.conversation_id AS subject_id, f.nth,
                     f.shop_id AS team_id,
                     f.sender_name AS title, f.excerpt, f.url
              FROM fresh f
              JOIN works_for w ON w.shop_id = f.shop_id
              WHERE f.side = 'consumer'
              UNION ALL
              SELECT f.consumer_id, f.conversation_id, f.nth, NULL,
                     f.sender_name || ' · ' || s.name, f.excerpt, f.url
              FROM fresh f
              JOIN shop s ON s.id = f.shop_id
              WHERE f.side = 'seller') AS told
        ORDER BY recipient_id, subject_id, nth DESC
    ),
    {notify_in_statement("news", SUBJECT_KIND)}
    SELECT json_build_object(
        'members', (
            SELECT coalesce(json_agg(json_build_object(
                'place', e.place,
                'message', CASE WHEN coalesce(k.id, s.id) IS NOT NULL THEN json_build_object(
                    'id', coalesce(k.id, s.id), 'sequence', coalesce(k.sequence, s.sequence),
                    'revision', coalesce(k.revision, s.revision),
                    'created_at', coalesce(k.created_at, s.created_at),
                    'side', e.side, 'consumer_id', e.consumer_id, 'shop_id', e.shop_id,
                    'is_new', s.id IS NOT NULL, 'is_same', coalesce(k.is_same, true))
                    END)), '[]')
            FROM entitled e
            LEFT JOIN known k ON k.place = e.place
            LEFT JOIN stored s ON s.conversation_id = e.conversation_id
                              AND s.sender_id = e.sender_id AND s.client_id = e.client_id),
        'held', (
            SELECT coalesce(json_agg(w.place), '[]')
            FROM wanted w
            WHERE w.conversation_id <> ALL (ARRAY(SELECT id FROM locked))),
        'badge_changed', (SELECT coalesce(json_agg(recipient_id), '[]') FROM badge_changed))
    """
    return numbered(text, [*member_parameters, *shop_parameters])
