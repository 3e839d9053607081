"""Store a batch of read marks with one statement. PostgreSQL only.

The statement consists of named parts, like the one in `messaging.sending.statement`, which explains
their form.
"""

from collections.abc import Sequence
from functools import cache

import msgspec
from django.http import Http404

from messaging.access import participation_sql
from messaging.host import host
from messaging.models import SUBJECT_KIND, Conversation, Message, Participant, Side
from messaging.presence.sql import hides_read
from messaging.records import Reading, ReadMark
from notifications.sql import read_in_statement
from trato.realtime.statements import StatementConnection, numbered

CONVERSATION = Conversation._meta.db_table
MESSAGE = Message._meta.db_table
PARTICIPANT = Participant._meta.db_table


async def store(
    connection: StatementConnection, readings: Sequence[Reading]
) -> list[ReadMark | Exception]:
    """Store marks; they are committed when this returns.

    Returns:
        For each reading, in order, the stored mark, or Http404 if the reader doesn't take part in
        the conversation.

    Raises:
        Locked: another transaction holds a lock that one of the marks needs; none was stored.
        django.db.OperationalError: the database cannot be reached.
    """
    furthest: dict[tuple[int, int], int] = {}
    for reading in readings:
        key = reading.conversation_id, reading.reader.pk
        furthest[key] = max(reading.sequence, furthest.get(key, 0))
    statement, constants = read_statement()
    rows = msgspec.json.encode([(*key, sequence) for key, sequence in furthest.items()])
    marks = {
        (row.conversation_id, row.user_id): _mark(row)
        for row in _decoder.decode(await connection.run(statement, [rows, *constants]))
    }
    return [
        marks.get((reading.conversation_id, reading.reader.pk)) or Http404("no such conversation")
        for reading in readings
    ]


class _Row(msgspec.Struct):
    """A reading whose reader takes part in the conversation, as the statement returns it."""

    conversation_id: int
    user_id: int
    side: Side
    consumer_id: int
    shop_id: int
    sequence: int
    moved_to: int | None
    badge_changed: bool
    hidden: bool


_decoder = msgspec.json.Decoder(list[_Row])


def _mark(row: _Row) -> ReadMark:
    return ReadMark(
        conversation_id=row.conversation_id,
        consumer_id=row.consumer_id,
        shop_id=row.shop_id,
        user_id=row.user_id,
        side=row.side,
        sequence=row.moved_to or row.sequence,
        moved=bool(row.moved_to),
        badge_changed=row.badge_changed,
        hidden=row.hidden,
    )


@cache
def read_statement() -> tuple[str, list[bytes]]:
    """Return the statement, and its parameters after the first, which is the readings as JSON."""
    member_sql, member_parameters = host.members_sql()
    parts = (
        reading(),
        f"active_member(shop_id, user_id) AS NOT MATERIALIZED ({member_sql})",
        member(),
        moved(),
        seen(),
        read_in_statement("seen", SUBJECT_KIND),
    )
    return numbered("WITH " + ",\n".join(parts) + answer(), member_parameters)


def reading() -> str:
    """Parse the readings from JSON: arrays of conversation, reader and sequence."""
    return """reading AS MATERIALIZED (
        SELECT (r.value->>0)::bigint AS conversation_id, (r.value->>1)::bigint AS user_id,
               (r.value->>2)::int AS sequence
        FROM jsonb_array_elements(%s::jsonb) AS r(value)
    )"""


def member() -> str:
    """Keep readings whose reader takes part in the conversation, up to its last message."""
    return f"""member AS MATERIALIZED (
        SELECT r.conversation_id, r.user_id, c.consumer_id, c.shop_id, c.blocked_by,
               least(r.sequence, c.last_sequence) AS sequence,
               CASE WHEN c.consumer_id = r.user_id THEN 'consumer' ELSE 'seller' END AS side
        FROM reading r
        CROSS JOIN LATERAL (SELECT * FROM {CONVERSATION} c
                            WHERE c.id = r.conversation_id LIMIT 1) c
        WHERE {participation_sql("r.user_id")}
    )"""


def moved() -> str:
    """Advance marks, after locking them in the same order as all writers.

    If people reread what they have marked as unread, `unread_from` becomes 0; if the mark also
    moves, it becomes NULL. The other side gets an event only in the second case.
    """
    return f"""moved AS (
        INSERT INTO {PARTICIPANT} AS p (conversation_id, user_id, side, last_read_sequence)
        SELECT m.conversation_id, m.user_id, m.side, m.sequence
        FROM member m
        ORDER BY m.conversation_id, m.user_id
        ON CONFLICT (conversation_id, user_id) DO UPDATE
            SET last_read_sequence = greatest(p.last_read_sequence, excluded.last_read_sequence),
                unread_from = CASE WHEN p.last_read_sequence >= excluded.last_read_sequence
                                   THEN 0 END
            WHERE p.last_read_sequence < excluded.last_read_sequence
               OR (p.unread_from > 0 AND p.unread_from <= excluded.last_read_sequence)
        RETURNING p.conversation_id, p.user_id,
                  CASE WHEN p.unread_from IS NULL THEN p.last_read_sequence END AS moved_to
    )"""


def seen() -> str:
    """Find readers who have seen everything from the other side, whose notification is now read.

    A mark that did not move may be ahead of this reading, so this uses the participant's row,
    unless the reading is older than what the person has marked as unread.
    """
    return f"""seen AS MATERIALIZED (
        SELECT m.user_id AS recipient_id, m.conversation_id AS subject_id
        FROM member m
        WHERE (SELECT count(*) FROM moved) >= 0  -- which takes the locks before those of news
          AND (
            SELECT NOT EXISTS (
                SELECT FROM {MESSAGE} newer
                WHERE newer.conversation_id = m.conversation_id AND newer.side <> m.side
                  AND newer.sequence > greatest(m.sequence, (
                      SELECT CASE WHEN p.unread_from > m.sequence THEN 0
                                  ELSE p.last_read_sequence END
                      FROM {PARTICIPANT} p
                      WHERE p.conversation_id = m.conversation_id AND p.user_id = m.user_id))))
    )"""


def answer() -> str:
    """Return the statement's result as one JSON text, which `_decoder` decodes."""
    return f"""
    SELECT coalesce(json_agg(json_build_object(
        'conversation_id', m.conversation_id, 'user_id', m.user_id, 'side', m.side,
        'consumer_id', m.consumer_id, 'shop_id', m.shop_id,
        'sequence', m.sequence, 'moved_to', moved.moved_to,
        'badge_changed', b.recipient_id IS NOT NULL,
        'hidden', moved.user_id IS NOT NULL
                  AND (m.blocked_by <> '' OR {hides_read("m.user_id")}))), '[]')
    FROM member m
    LEFT JOIN moved ON moved.conversation_id = m.conversation_id AND moved.user_id = m.user_id
    LEFT JOIN badge_changed b ON b.recipient_id = m.user_id AND b.subject_id = m.conversation_id
    """
