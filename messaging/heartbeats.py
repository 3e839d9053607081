"""What a heartbeat says about each socket's open conversations, so that a client notices gaps."""

from collections.abc import Mapping

import structlog
from django.db import DatabaseError, InterfaceError

from trato.realtime.consumers import RealtimeConsumer
from trato.realtime.database import run_in_database_thread
from trato.realtime.frames import encode

from . import frames, queries
from .resuming import OpenConversations

log = structlog.get_logger("trato.socket")

NOTHING_OPEN = encode(frames.Heartbeat({}))


async def send(sockets: Mapping[RealtimeConsumer, OpenConversations]) -> None:
    """Send each socket the revisions of its open conversations; a seller gets the team's too."""
    opened = {socket: tuple(pks) for socket, pks in sockets.items()}
    tops: dict[int, tuple[int, int | None]] = {}
    if wanted := set().union(*opened.values()):
        try:
            tops = await run_in_database_thread(queries.revisions, wanted)
        except (DatabaseError, InterfaceError):
            log.warning("beat_unavailable")
    for socket, pks in opened.items():
        own = {pk: tops[pk][0] for pk in pks if pk in tops}
        known = ((pk, tops[pk][1]) for pk in sockets[socket].of_team() if pk in tops)
        team = {pk: revision for pk, revision in known if revision}
        socket.send_frame(encode(frames.Heartbeat(own, team)) if own else NOTHING_OPEN)
