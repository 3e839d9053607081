"""Measure what open sockets cost while nobody sends anything."""

import os
import select
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from . import processes
from .client import HANDSHAKES_AT_ONCE, Endpoint, Peer, connect
from .dialects import Dialect
from .servers import System
from .stages import Stage

SETTLE_SECONDS = 2.0  # between the last handshake and reading the memory


class IdleSockets:
    """Sockets that are open and only answer pings."""

    def __init__(self, dialect: Dialect, origin: str) -> None:
        self.dialect, self.origin = dialect, origin
        self.peers: dict[int, Peer] = {}  # by descriptor
        self._poll = select.epoll()

    def add(self, endpoints: Sequence[Endpoint]) -> None:
        """Open more sockets; existing ones go on answering pings."""
        for start in range(0, len(endpoints), HANDSHAKES_AT_ONCE):
            some = endpoints[start : start + HANDSHAKES_AT_ONCE]
            for peer in connect(some, self.dialect, self.origin):
                self.peers[peer.sock.fileno()] = peer
                self._poll.register(peer.sock.fileno(), select.EPOLLIN)
            self._poll_once(0)

    def hold(self, seconds: float) -> None:
        """Keep the sockets open for a while.

        Raises:
            Refused: the server closed one of them.
        """
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._poll_once(left)

    def drop(self) -> None:
        """Disconnect without a close frame."""
        self._poll.close()
        for peer in self.peers.values():
            peer.sock.close()

    def _poll_once(self, patience: float) -> None:
        for descriptor, _ in self._poll.poll(patience):
            self.peers[descriptor].receive()


@dataclass
class Idle:
    """The resources that one server process used."""

    name: str
    kb_per_socket: dict[int, float] = field(default_factory=dict)  # by number of sockets
    server_cores: float = 0.0  # CPU seconds per second with the most sockets
    all_cores: float = 0.0  # the same with database and Redis


def measure(system: System, stage: Stage, counts: Sequence[int], seconds: float) -> Idle:
    """Open sockets on a fresh server and leave them idle.

    Args:
        counts: the numbers of sockets at which to read the memory, in ascending order.
        seconds: how long to measure the largest number. Memory is then read again, since periodic
            work (heartbeats, session checks) uses some too.
    """
    system.settle()  # don't count what the previous measurement left behind
    idle = Idle(f"{system.name}, {stage.how}")
    sockets = IdleSockets(system.dialect, system.origin)
    with system.serve(stage) as server:
        endpoints = system.endpoints(stage.cohort, max(counts) // 2, [server])
        # Don't count what a server loads once, at its start or for its first socket.
        processes.settle([server.pid])
        sockets.add(endpoints[:1])
        sockets.hold(SETTLE_SECONDS)
        base = processes.resident_kb(server.pid)
        roots = [server.pid, *system.services]
        for count in counts:
            sockets.add(endpoints[len(sockets.peers) : count])
            sockets.hold(SETTLE_SECONDS)
            kb = processes.resident_kb(server.pid) - base
            idle.kb_per_socket[count] = kb / (count - 1)
        alone, together = (processes.cpu_seconds(some) for some in ([server.pid], roots))
        sockets.hold(seconds)
        idle.server_cores = (processes.cpu_seconds([server.pid]) - alone) / seconds
        idle.all_cores = (processes.cpu_seconds(roots) - together) / seconds
        kb = processes.resident_kb(server.pid) - base
        idle.kb_per_socket[count] = kb / (count - 1)
        os.kill(server.pid, signal.SIGKILL)  # closing thousands of sockets would take too long
    sockets.drop()
    return idle
