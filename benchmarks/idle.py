"""What open sockets cost while nobody says anything."""

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field

from . import processes
from .client import Crowd
from .servers import System
from .stages import Stage

SETTLING = 2.0  # seconds between the last handshake and the look at the memory


@dataclass
class Idle:
    """What one server process held and did."""

    name: str
    kb_per_socket: dict[int, float] = field(default_factory=dict)  # by number of sockets
    server_cores: float = 0.0  # CPU seconds per second with the most sockets
    all_cores: float = 0.0  # the same with database and Redis


def sit(system: System, stage: Stage, counts: Sequence[int], seconds: float) -> Idle:
    """Open sockets on a fresh server and let them be.

    Args:
        counts: how many, in ascending order; the memory is read at each.
        seconds: how long the most are watched. After that the memory is read again, since what
            comes once in a while (heartbeats, session checks) holds some too.
    """
    system.settle()  # what the talk before has left behind is not the sockets'
    seen = Idle(f"{system.name}, {stage.how}")
    crowd = Crowd(system.dialect, system.origin)
    with system.serve(stage) as server:
        seats = system.seats(stage.crowd, max(counts) // 2, [server])
        crowd.join(seats[:1])  # what is loaded for the first socket is not the others'
        base = processes.resident_kb(server.pid)
        roots = [server.pid, *system.services]
        for count in counts:
            crowd.join(seats[len(crowd.peers) : count])
            crowd.stay(SETTLING)
            held = processes.resident_kb(server.pid) - base
            seen.kb_per_socket[count] = held / (count - 1)
        alone, together = (processes.cpu_seconds(some) for some in ([server.pid], roots))
        crowd.stay(seconds)
        seen.server_cores = (processes.cpu_seconds([server.pid]) - alone) / seconds
        seen.all_cores = (processes.cpu_seconds(roots) - together) / seconds
        held = processes.resident_kb(server.pid) - base
        seen.kb_per_socket[count] = held / (count - 1)
        os.kill(server.pid, signal.SIGKILL)  # thousands of goodbyes would take their time
    crowd.vanish()
    return seen
