"""What a batch of messages does to turns, lanes and counts, as parts of the send statement.

`turns.after_message` is the rule for one message; `tests/messaging/lanes/` compares the two.
"""

from messaging.models import Conversation, Lane, LaneCount

from .models import SLOTS

LANE, COUNT = Lane._meta.db_table, LaneCount._meta.db_table
CONVERSATION = Conversation._meta.db_table


def turned() -> str:
    """Find the last message of each conversation, with the turn and its time after the batch.

    Automatic messages change no turn. `began` is true for the messages at which the other side's
    turn begins; for that, the `CASE` turns the conversation's turn into the side that wrote last.
    """
    return """turned AS MATERIALIZED (
        SELECT r.*,
               CASE WHEN r.asked > r.answered THEN 'seller'
                    WHEN r.answered > r.asked THEN 'consumer' ELSE r.old_turn END AS turn
        FROM (
            SELECT DISTINCT ON (s.conversation_id)
                   s.conversation_id, s.shop_id, s.sequence, s.revision, s.created_at,
                   date_trunc('hour', s.created_at, 'UTC') AS hour,
                   s.old_turn, s.old_hour, s.old_since, s.is_first,
                   coalesce(max(s.sequence) FILTER (WHERE s.side = 'consumer' AND s.is_said)
                                OVER w, 0) AS asked,
                   coalesce(max(s.sequence) FILTER (WHERE s.side = 'seller' AND s.is_said)
                                OVER w, 0) AS answered,
                   coalesce(max(s.created_at) FILTER (WHERE s.began AND s.is_said) OVER w,
                            s.old_since) AS since,
                   min(s.created_at) FILTER (WHERE s.side = 'seller' AND s.is_said)
                       OVER w AS first_answer_at
            FROM (SELECT s.*, NOT s.is_automatic AS is_said, l.shop_id, l.turn AS old_turn,
                         l.waiting_since AS old_since, l.last_message_hour AS old_hour,
                         l.last_sequence = 0 AS is_first,
                         s.side IS DISTINCT FROM lag(s.side, 1, CASE l.turn
                             WHEN 'seller' THEN 'consumer' WHEN 'consumer' THEN 'seller' END)
                             OVER (PARTITION BY s.conversation_id, s.is_automatic
                                   ORDER BY s.sequence) AS began
                  FROM stored s
                  JOIN locked l ON l.id = s.conversation_id) AS s
            WINDOW w AS (PARTITION BY s.conversation_id)
            ORDER BY s.conversation_id, s.sequence DESC) AS r
    )"""


def moved() -> str:
    """Move the conversations whose turn or hour has changed to their place in the lanes."""
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
    """Count the changes of turn, once per shop, in the share of this connection."""
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
