"""The statement that stores a batch of messages, composed of named parts.

Each part is one common table expression; a docstring explains its form. PostgreSQL plans the
statement once per connection, for a hundred attempts, and would rather scan a table of ten thousand
rows than look up a hundred of them. LATERAL with LIMIT, ANY (ARRAY(…)) and scalar sub-selects force
it to use the index. MATERIALIZED parts run once, in the order in which later parts need them.

It stores plain messages only, see `mixed_batches`. A feature that takes part in sending defines
its part in its own `sql.py`; `send_statement` lists it.
"""

from functools import cache

from django.db import connection

from messaging.access import participation_sql, writable_sql
from messaging.host import host
from messaging.lanes import sql as lanes
from messaging.models import SUBJECT_KIND, Conversation, Message, shown_sql
from messaging.records import CONTENT
from messaging.sanctions import sql as sanctions
from messaging.team import sql as team
from notifications.sql import notify_in_statement
from trato.realtime.statements import numbered

CONVERSATION = Conversation._meta.db_table
MESSAGE = Message._meta.db_table


@cache
def send_statement() -> tuple[str, list[bytes]]:
    """Return the statement, and all parameters except the first, the attempts as JSON."""
    member_sql, member_parameters = host.members_sql()
    shop_sql, shop_parameters = host.shop_names_sql()
    parts = (
        attempt(),
        f"active_member(shop_id, user_id) AS NOT MATERIALIZED ({member_sql})",
        f"shop(id, name) AS NOT MATERIALIZED ({shop_sql})",
        member(),
        repeated(),
        wanted(),
        locked(),
        numbered_messages(),
        stored(),
        lanes.turned(),
        counted(),
        lanes.moved(),
        lanes.recounted(),
        news(),
        notify_in_statement("news", recipients(), SUBJECT_KIND),
    )
    return numbered("WITH " + ",\n".join(parts) + answer(), [*member_parameters, *shop_parameters])


def attempt() -> str:
    """Parse the attempts, with positions from 1. Binding one JSON text is faster than arrays."""
    columns = ", ".join(
        f"{name} {Message._meta.get_field(name).db_type(connection)}" for name in CONTENT
    )
    return f"""attempt AS MATERIALIZED (
        SELECT given.place::int, a.*
        FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS given(value, place),
             jsonb_to_record(given.value) AS a(
                 conversation_id bigint, sender_id bigint, sender_name text, client_id uuid,
                 excerpt text, url text, allowed boolean, {columns})
    )"""


def member() -> str:
    """Keep the attempts whose sender takes part in the conversation.

    The ORM stores messages that are or may be held, and those of people under a sanction.
    """
    return f"""member AS MATERIALIZED (
        SELECT a.*, c.consumer_id, c.shop_id, c.assignee_id, c.ended_at IS NOT NULL AS ended,
               c.blocked_by,
               c.has_held OR c.checks_spam OR {sanctions.is_sanctioned("a.sender_id")} AS for_orm,
               coalesce(a.quote BETWEEN 1 AND c.last_sequence, true) AS may_quote,
               CASE WHEN c.consumer_id = a.sender_id THEN 'consumer' ELSE 'seller' END AS side
        FROM attempt a
        CROSS JOIN LATERAL (SELECT c.id, c.consumer_id, c.shop_id, c.assignee_id, c.ended_at,
                                   c.blocked_by, c.has_held, c.checks_spam, c.last_sequence
                            FROM {CONVERSATION} c
                            WHERE c.id = a.conversation_id LIMIT 1) c
        WHERE {participation_sql("a.sender_id")}
    )"""


def repeated() -> str:
    """Find messages that were stored before under the `client_id` of an attempt.

    If such a message has `changed`, the ORM answers, because it compares with what was sent.
    """
    is_same = " AND ".join(f"m.{name} IS NOT DISTINCT FROM a.{name}" for name in CONTENT)
    return f"""repeated AS MATERIALIZED (
        SELECT a.place, m.id, m.sequence, m.revision, m.created_at,
               NOT {shown_sql("m")} OR m.edited_at IS NOT NULL OR m.is_reacted
                   OR m.attached <> '' AS changed,
               {is_same} AS is_same
        FROM member a
        CROSS JOIN LATERAL (SELECT m.* FROM {MESSAGE} m
                            WHERE m.conversation_id = a.conversation_id
                              AND m.sender_id = a.sender_id AND m.client_id = a.client_id
                            LIMIT 1) m
    )"""


def wanted() -> str:
    """Choose the attempts to store; `nth` numbers the attempts of a conversation in order."""
    return """wanted AS MATERIALIZED (
        SELECT a.*, row_number() OVER (PARTITION BY a.conversation_id ORDER BY a.place) AS nth,
               lag(a.side) OVER (PARTITION BY a.conversation_id ORDER BY a.place) AS previous_side
        FROM member a
        WHERE a.allowed AND NOT a.ended AND a.blocked_by = '' AND a.may_quote AND NOT a.for_orm
          AND NOT EXISTS (SELECT FROM repeated r WHERE r.place = a.place)
    )"""


def locked() -> str:
    """Lock the conversations, in the same order as all writers.

    SKIP LOCKED leaves out conversations that another transaction has locked, so no other message
    waits for them. Check again whether they can be written in, because a transaction that has just
    released its lock may have been a deletion or a block.
    """
    return f"""locked AS MATERIALIZED (
        SELECT c.id, c.last_sequence, c.revision, c.turn, c.waiting_since,
               c.last_message_hour
        FROM {CONVERSATION} c
        WHERE c.id = ANY (ARRAY(SELECT conversation_id FROM wanted)) AND {writable_sql("c")}
              AND NOT c.has_held
        ORDER BY c.id
        FOR NO KEY UPDATE OF c SKIP LOCKED
    )"""


def numbered_messages() -> str:
    """Give the messages their sequence and revision, continuing the locked counters.

    `clock_timestamp()` is read under the lock and after sorting, so times are in order too.
    """
    return f"""numbered AS MATERIALIZED (
        SELECT w.*, l.last_sequence + w.nth AS sequence, l.revision + w.nth AS revision,
               clock_timestamp() AS created_at, l.turn AS old_turn, l.waiting_since AS old_since,
               l.last_message_hour AS old_hour, {lanes.began()} AS began
        FROM wanted w
        JOIN locked l ON l.id = w.conversation_id
        ORDER BY w.place
    )"""


def stored() -> str:
    """Insert the rows."""
    content = ", ".join(CONTENT)
    of_attempt = ", ".join(f"n.{name}" for name in CONTENT)
    return f"""stored AS (
        INSERT INTO {MESSAGE} (conversation_id, sequence, revision, client_id, sender_id, side,
                               created_at, {content})
        SELECT n.conversation_id, n.sequence, n.revision, n.client_id, n.sender_id, n.side,
               n.created_at, {of_attempt}
        FROM numbered n
        RETURNING id, conversation_id, sequence, revision, client_id, sender_id, created_at
    )"""


def counted() -> str:
    """Update the conversations' counters, once each, however many messages they got.

    `c.id = ANY (…)` repeats the join condition, so that the planner uses the index.
    """
    return f"""counted AS (
        UPDATE {CONVERSATION} c
        SET last_sequence = last.sequence, revision = last.revision,
            last_message_at = last.created_at, last_message_hour = last.hour,
            turn = last.turn, waiting_since = last.since
        FROM turned last
        WHERE c.id = last.conversation_id AND c.id = ANY (ARRAY(SELECT id FROM locked))
    )"""


def news() -> str:
    """Prepare the news for each side: the last message of each conversation."""
    return """news AS MATERIALIZED (
        SELECT DISTINCT ON (subject_id, team_id) *
        FROM (SELECT n.conversation_id AS subject_id, n.shop_id AS team_id, n.consumer_id, n.nth,
                     n.assignee_id, n.sender_name AS title, n.excerpt, n.url
              FROM numbered n
              WHERE n.side = 'consumer'
              UNION ALL
              SELECT n.conversation_id, 0, n.consumer_id, n.nth, n.assignee_id,
                     n.sender_name || ' · ' || s.name, n.excerpt, n.url
              FROM numbered n
              JOIN shop s ON s.id = n.shop_id
              WHERE n.side = 'seller') AS told
        ORDER BY subject_id, team_id, nth DESC
    )"""


def recipients() -> str:
    """Find the recipients: the shopper, or the members of the shop who want to be alerted.

    A shopper who has since joined the shop isn't one of these members.
    """
    return f"""
        SELECT d.news_id, w.user_id AS recipient_id
        FROM due d
        JOIN news n ON n.subject_id = d.subject_id AND n.team_id = d.team_id
        CROSS JOIN LATERAL (SELECT w.user_id FROM active_member w
                            WHERE w.shop_id = d.team_id AND w.user_id <> n.consumer_id
                              AND w.user_id <> ALL (ARRAY({team.silent("n")}))
                            OFFSET 0) w
        UNION ALL
        SELECT d.news_id, n.consumer_id
        FROM due d
        JOIN news n ON n.subject_id = d.subject_id AND n.team_id = d.team_id
        WHERE d.team_id = 0"""


def answer() -> str:
    """Return the result as one JSON text, which `postgresql._Answer` decodes."""
    return f"""
    SELECT json_build_object(
        'members', (
            SELECT coalesce(json_agg(json_build_object(
                'place', a.place, 'side', a.side,
                'consumer_id', a.consumer_id, 'shop_id', a.shop_id,
                'takes', {team.takes("a")},
                'obstacles', CASE WHEN coalesce(r.id, s.id) IS NULL THEN json_build_object(
                    'ended', a.ended, 'blocked_by', a.blocked_by, 'may_quote', a.may_quote,
                    'for_orm', a.for_orm) END,
                'message', CASE WHEN coalesce(r.id, s.id) IS NOT NULL THEN json_build_object(
                    'id', coalesce(r.id, s.id), 'sequence', coalesce(r.sequence, s.sequence),
                    'revision', coalesce(r.revision, s.revision),
                    'created_at', coalesce(r.created_at, s.created_at),
                    'changed', coalesce(r.changed, false),
                    'is_new', s.id IS NOT NULL, 'is_same', coalesce(r.is_same, true))
                    END)), '[]')
            FROM member a
            LEFT JOIN repeated r ON r.place = a.place
            LEFT JOIN stored s ON s.conversation_id = a.conversation_id
                              AND s.sender_id = a.sender_id AND s.client_id = a.client_id),
        'badges', (SELECT coalesce(json_agg(json_build_array(recipient_id, subject_id)), '[]')
                   FROM badge_changed))
    """
