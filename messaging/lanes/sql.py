"""Parts of the send statement: how a batch of messages changes turns, lanes and counts.

`turns.after_message` is the same rule for one message; `tests/messaging/lanes/` compares them.
"""

from messaging.models import Lane, LaneCount

from .models import SLOTS

LANE, COUNT = Lane._meta.db_table, LaneCount._meta.db_table


def began() -> str:
    """Return the condition for a message that begins the other side's turn.

    `w` are the wanted messages, `l` their locked conversations. The `CASE` derives the side that
    wrote last before the batch from the conversation's turn.
    """
    return """w.side IS DISTINCT FROM coalesce(
        w.previous_side,
        CASE l.turn WHEN 'seller' THEN 'consumer' WHEN 'consumer' THEN 'seller' END)"""


def turned() -> str:
    """Find each conversation's last message, and whose turn it is afterwards, and since when."""
    return """turned AS MATERIALIZED (
        SELECT r.*, date_trunc('hour', r.created_at, 'UTC') AS hour,
               CASE WHEN r.asked > r.answered THEN 'seller' ELSE 'consumer' END AS turn
        FROM (SELECT n.conversation_id, n.shop_id, n.old_turn, n.old_since, n.old_hour,
                     max(n.sequence) AS sequence, max(n.revision) AS revision,
                     max(n.created_at) AS created_at, min(n.sequence) = 1 AS is_first,
                     coalesce(max(n.sequence) FILTER (WHERE n.side = 'consumer'), 0) AS asked,
                     coalesce(max(n.sequence) FILTER (WHERE n.side = 'seller'), 0) AS answered,
                     coalesce(max(n.created_at) FILTER (WHERE n.began), n.old_since) AS since
              FROM numbered n
              GROUP BY n.conversation_id, n.shop_id, n.old_turn, n.old_since, n.old_hour) AS r
    )"""


def moved() -> str:
    """Move the conversations whose turn or hour has changed to their places in the lanes."""
    return f"""moved AS (
        INSERT INTO {LANE} (conversation_id, shop_id, turn, waiting_since, hour)
        SELECT t.conversation_id, t.shop_id, t.turn, t.since, t.hour
        FROM turned t
        WHERE t.turn <> t.old_turn OR t.hour IS DISTINCT FROM t.old_hour
              OR t.since IS DISTINCT FROM t.old_since
        ON CONFLICT (conversation_id) DO UPDATE SET
            turn = excluded.turn, waiting_since = excluded.waiting_since, hour = excluded.hour
    )"""


def recounted() -> str:
    """Add the changes of turn to this connection's share, once per shop."""
    return f"""recounted AS (
        INSERT INTO {COUNT} AS c (shop_id, slot, for_consumer, for_seller, settled)
        SELECT t.shop_id, mod(pg_backend_pid(), {SLOTS}),
               count(*) FILTER (WHERE t.turn = 'consumer')
                   - count(*) FILTER (WHERE t.old_turn = 'consumer'),
               count(*) FILTER (WHERE t.turn = 'seller')
                   - count(*) FILTER (WHERE t.old_turn = 'seller'),
               count(*) FILTER (WHERE t.turn = '')
                   - count(*) FILTER (WHERE t.old_turn = '' AND NOT t.is_first)
        FROM turned t
        WHERE t.turn <> t.old_turn OR t.is_first
        GROUP BY t.shop_id
        ORDER BY t.shop_id
        ON CONFLICT (shop_id, slot) DO UPDATE SET
            for_consumer = c.for_consumer + excluded.for_consumer,
            for_seller = c.for_seller + excluded.for_seller,
            settled = c.settled + excluded.settled
    )"""
