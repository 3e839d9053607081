"""One round of one system: people talk, and the kernel is asked what it cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

import psycopg

from . import client, processes
from .client import Talk
from .servers import Server, System


COUNTS: dict[str, LiteralString] = {
    "trato": "SELECT count(*) FROM messaging_message",
    "rival": "SELECT count(*) FROM rival_message",
}


@dataclass(frozen=True)
class Round:
    """What one round showed."""

    talk: Talk
    cpu_seconds: float  # of all server processes, the database's and Redis' included

    @property
    def cpu_ms_per_message(self) -> float:
        return self.cpu_seconds * 1000 / len(self.talk.latencies)


class Untrue(Exception):
    """What the clients saw and what the database holds do not agree."""


def play(
    system: System,
    servers: Sequence[Server],
    *,
    pairs: int,
    warm_up: float,
    seconds: float,
    read_every: int = 0,
) -> Round:
    """Let pairs talk on running servers, then compare with the database."""
    roots = [*(server.pid for server in servers), *system.services]
    spent: list[float] = []
    before = stored(system)
    seats = system.seats(pairs, list(servers))
    peers = client.connect(seats, system.dialect, system.origin, opening=True)
    talk = client.talk(
        peers,
        system.dialect,
        warm_up=warm_up,
        seconds=seconds,
        on_edge=lambda: spent.append(processes.cpu_seconds(roots)),
        read_every=read_every,
    )
    for peer in peers:
        peer.leave()
    check(system, talk, before)
    return Round(talk, spent[1] - spent[0])


def stored(system: System) -> int:
    """How many messages the database holds."""
    if not system.database_url:
        return 0
    [[count]] = _ask(system, COUNTS[system.name])
    return count


def check(system: System, talk: Talk, before: int) -> None:
    """Every acknowledged message is stored once, in a gapless sequence, and was told.

    Raises:
        Untrue: it is not so.
    """
    if not system.database_url:
        return
    if (now := stored(system)) != before + talk.sent:
        raise Untrue(f"{talk.sent} messages were sent, {now - before} are stored")
    if system.name != "trato":
        return
    gaps = _ask(
        system,
        """
        SELECT conversation.id, conversation.last_sequence, count(message.id), max(sequence)
        FROM messaging_conversation conversation
        JOIN messaging_message message ON message.conversation_id = conversation.id
        GROUP BY conversation.id
        HAVING count(*) <> max(sequence) OR max(sequence) <> last_sequence
            OR max(message.revision) > conversation.revision OR min(sequence) <> 1
            OR count(DISTINCT sequence) <> count(*)
        """,
    )
    if gaps:
        raise Untrue(f"these sequences have gaps: {gaps}")
    if talk.accepted != talk.sent or not talk.badges:
        raise Untrue(f"{talk.sent} sent, {talk.accepted} acknowledged, {talk.badges} badges")
    [[untold]] = _ask(
        system,
        """
        SELECT count(*) FROM messaging_message message
        JOIN messaging_conversation conversation ON conversation.id = message.conversation_id
        JOIN catalog_shopmember member ON member.shop_id = conversation.shop_id
        WHERE NOT EXISTS (
            SELECT FROM notifications_notification told
            WHERE told.subject_kind = 'conversation' AND told.subject_id = conversation.id
            AND told.recipient_id = CASE message.side
                WHEN 'consumer' THEN member.user_id ELSE conversation.consumer_id END
        )
        """,
    )
    if untold:
        raise Untrue(f"{untold} messages have no notification")


def _ask(system: System, query: LiteralString) -> list[tuple[int, ...]]:
    with psycopg.connect(system.database_url) as connection:
        return connection.execute(query).fetchall()
