"""After each round, compare what the clients saw with the database."""

from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg

from .client import Peer
from .servers import System

STORED: dict[str, LiteralString] = {
    "trato": "SELECT count(*) FROM messaging_message",
    "rival": "SELECT count(*) FROM rival_message",
}
NOT_GAPLESS = """
    SELECT conversation.id
    FROM messaging_conversation conversation
    JOIN messaging_message message ON message.conversation_id = conversation.id
    GROUP BY conversation.id
    HAVING count(*) <> last_sequence OR count(DISTINCT sequence) <> last_sequence
        OR min(sequence) <> 1 OR max(sequence) <> last_sequence
        OR max(message.revision) > conversation.revision
"""
NOT_NOTIFIED = """
    SELECT DISTINCT conversation.id
    FROM (SELECT DISTINCT conversation_id, side FROM messaging_message) message
    JOIN messaging_conversation conversation ON conversation.id = message.conversation_id
    JOIN catalog_shopmember member ON member.shop_id = conversation.shop_id
    WHERE NOT EXISTS (
        SELECT FROM notifications_notification told
        JOIN notifications_news news ON news.id = told.news_id
        WHERE news.subject_kind = 'conversation' AND news.subject_id = conversation.id
        AND told.recipient_id = CASE message.side
            WHEN 'consumer' THEN member.user_id ELSE conversation.consumer_id END
    )
"""
UNREAD = """
    SELECT recipient_id, count(*) FROM notifications_notification
    WHERE read_at IS NULL GROUP BY recipient_id
"""


class Mismatch(Exception):
    """The clients and the database have different messages."""


def stored(system: System) -> int:
    """Return the number of messages in the database; 0 if there is none."""
    if system.name not in STORED:
        return 0
    [[count]] = _ask(system, STORED[system.name])
    return int(count)


def check(system: System, peers: Sequence[Peer], before: int) -> None:
    """Check that every message is stored once; for Trato also acknowledgements, order and news.

    Args:
        peers: the sockets of the round, which is over.
        before: the number of messages in the database before the round.

    Raises:
        Mismatch: a check failed.
    """
    if system.name not in STORED:
        return
    sent = sum(peer.sent for peer in peers)
    if (now := stored(system)) != before + sent:
        raise Mismatch(f"{sent} messages were sent, {now - before} are stored")
    if system.name != "trato":
        return
    if (acknowledged := sum(peer.accepted for peer in peers)) != sent:
        raise Mismatch(f"{sent} messages were sent, {acknowledged} are acknowledged")
    if gaps := _ask(system, NOT_GAPLESS):
        raise Mismatch(f"the sequences of conversations have gaps: {gaps}")
    if untold := _ask(system, NOT_NOTIFIED):
        raise Mismatch(f"nobody was notified of messages in conversations: {untold}")
    unread = dict(_ask(system, UNREAD))
    wrong = [peer.user for peer in peers if peer.unread != unread.get(peer.user, 0)]
    if wrong:
        raise Mismatch(f"the badges of people are wrong: {wrong}")


def _ask(system: System, query: LiteralString) -> list[tuple[Any, ...]]:
    with psycopg.connect(system.database_url) as connection:
        return connection.execute(query).fetchall()
