"""Measure what open sockets cost while nobody sends anything."""

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field

from . import processes
from .client import IdleSockets
from .servers import System
from .stages import Stage

SETTLE_SECONDS = 2.0  # between the last handshake and reading the memory


@dataclass
class Idle:
    """What one server process used."""

    name: str
    kb_per_socket: dict[int, float] = field(default_factory=dict)  # by number of sockets
    server_cores: float = 0.0  # CPU seconds per second with the most sockets
    all_cores: float = 0.0  # the same with database and Redis


def measure(system: System, stage: Stage, counts: Sequence[int], seconds: float) -> Idle:
    """Open sockets on a fresh server and leave them idle.

    Args:
        counts: the numbers of sockets at which to read the memory, in ascending order.
        seconds: how long to measure the largest number. Then the memory is read again, since
            periodic work (heartbeats, session checks) uses some too.
    """
    system.settle()  # don't count what the previous measurement left behind
    idle = Idle(f"{system.name}, {stage.how}")
    sockets = IdleSockets(system.dialect, system.origin)
    with system.serve(stage) as server:
        endpoints = system.endpoints(stage.cohort, max(counts) // 2, [server])
        sockets.add(endpoints[:1])  # don't count what is loaded for the first socket
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
