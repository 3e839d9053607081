"""What Daphne does for each connection from time to time, made cheap for thousands of sockets.

By default it walks all connections each second to reap what is done and every other second for
timeouts, and pings each socket every 20 s: 8% of a core at 5,000 idle sockets.
"""

from typing import Any

from daphne.server import Server
from twisted.internet import reactor as _reactor

reactor: Any = _reactor  # a module by its types, which says nothing

REAP_SECONDS = 5  # what a finished request or socket may stay in memory
TIMEOUTS_SECONDS = 10  # how exactly a handshake or request that hangs is ended
# The sockets' own heartbeat keeps proxies awake, and a dead connection is noticed by the system,
# which gets no acknowledgement for it.
PING_SECONDS = 600


class FrugalServer(Server):
    """Daphne that looks after its connections less often."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, ping_interval=PING_SECONDS, **kwargs)
        self._reaped = self._timed = 0

    def application_checker(self) -> None:
        self._reaped += 1
        if self._reaped % REAP_SECONDS:
            reactor.callLater(1, self.application_checker)
        else:
            super().application_checker()

    def timeout_checker(self) -> None:
        self._timed += 1
        if self._timed % (TIMEOUTS_SECONDS // 2):
            reactor.callLater(2, self.timeout_checker)
        else:
            super().timeout_checker()
