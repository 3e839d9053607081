"""Send heartbeats with the revisions of open conversations, so that clients notice gaps."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import structlog
from django.db import DatabaseError, InterfaceError

from messaging import frames, queries
from messaging.sanctions import queries as sanctions
from trato.realtime.consumers import RealtimeConsumer
from trato.realtime.database import run_in_database_thread
from trato.realtime.frames import encode

from .open_conversations import OpenConversations

log = structlog.get_logger("trato.socket")

NOTHING_OPEN = encode(frames.Heartbeat({}))


@contextmanager
def despite_outage() -> Iterator[None]:
    """Log that the database is down, and continue: clients expect a heartbeat even then."""
    try:
        yield
    except (DatabaseError, InterfaceError):
        log.warning("beat_unavailable")


async def send(sockets: Mapping[RealtimeConsumer, OpenConversations]) -> None:
    """Send each socket the revisions of its open conversations; a seller gets the team's too."""
    opened = {socket: tuple(pks) for socket, pks in sockets.items()}
    tops: dict[int, queries.Top] = {}
    muted: dict[int, datetime] | None = None
    changes = {socket: socket_open.block_changes for socket, socket_open in sockets.items()}
    mutes = {socket: socket_open.mute.changes for socket, socket_open in sockets.items()}
    if wanted := set().union(*opened.values()):
        with despite_outage():
            tops = await run_in_database_thread(queries.tops, wanted)
            people = {socket.user.pk for socket, pks in opened.items() if pks}
            muted = await run_in_database_thread(sanctions.muted_among, people)
    for socket, pks in opened.items():
        own = {pk: tops[pk].revision for pk in pks if pk in tops}
        known = ((pk, tops[pk].team_revision) for pk in sockets[socket].of_team() if pk in tops)
        team = {pk: revision for pk, revision in known if revision}
        socket.send_frame(encode(frames.Heartbeat(own, team)) if own else NOTHING_OPEN)
        if changes[socket] == sockets[socket].block_changes:  # otherwise what was read may be older
            for pk in own:
                sockets[socket].learn_block(pk, tops[pk].blocked_by)
        if muted is not None and pks and mutes[socket] == sockets[socket].mute.changes:
            sockets[socket].mute.learn(muted.get(socket.user.pk))
