"""What open sockets cost while nobody says anything."""

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field

from . import processes
from .client import IdleSockets
from .servers import System
from .stages import Stage

SETTLE_SECONDS = 2.0  # seconds between the last handshake and the look at the memory


@dataclass
class Idle:
    """What one server process held and did."""

    name: str
    kb_per_socket: dict[int, float] = field(default_factory=dict)  # by number of sockets
    server_cores: float = 0.0  # CPU seconds per second with the most sockets
    all_cores: float = 0.0  # the same with database and Redis


def measure(system: System, stage: Stage, counts: Sequence[int], seconds: float) -> Idle:
    """Open sockets on a fresh server and let them be.

    Args:
        counts: how many, in ascending order; the memory is read at each.
        seconds: how long the most are watched. After that the memory is read again, since what
            comes once in a while (heartbeats, session checks) holds some too.
    """
    system.settle()  # what the talk before has left behind is not the sockets'
    idle = Idle(f"{system.name}, {stage.how}")
    sockets = IdleSockets(system.dialect, system.origin)
    with system.serve(stage) as server:
        endpoints = system.endpoints(stage.cohort, max(counts) // 2, [server])
        sockets.add(endpoints[:1])  # what is loaded for the first socket is not the others'
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
        os.kill(server.pid, signal.SIGKILL)  # thousands of goodbyes would take their time
    sockets.drop()
    return idle
