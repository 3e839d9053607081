"""Pairs that talk in a closed loop, and what the client measures."""

import gc
import select
import time
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import frames
from .client import TIMEOUT_SECONDS, Peer, Refused
from .dialects import Dialect

BADGE_SECONDS = 1.0  # within which a badge must be correct


class ClosedLoop:
    """Pairs that talk in a closed loop: each person answers a message as soon as it arrives.

    A message's latency runs from its sending until the other side's socket has received it. Each
    pair has one message in flight, and every second one goes the other way.

    Args:
        peers: the pairs, one after another.
        read_every: the number of messages after which a receiver marks them as read; 0 for never.
        one_way: whether only the first person of each pair talks, as soon as the last message has
            arrived.
        pause: the minimum number of seconds between two messages of a pair.
        onlookers: other people's sockets, which only receive.
    """

    def __init__(
        self,
        peers: Sequence[Peer],
        dialect: Dialect,
        read_every: int = 0,
        *,
        one_way: bool = False,
        pause: float = 0,
        onlookers: Sequence[Peer] = (),
    ) -> None:
        self.dialect = dialect
        self.read_every = read_every
        self.one_way = one_way
        self.pause = pause
        self._due: deque[tuple[float, Peer, Peer]] = deque()  # messages to send, and when
        self.latencies = array("d")  # seconds
        self._pairs = list(zip(peers[::2], peers[1::2], strict=True))
        self._poll = select.epoll()
        self._by_descriptor: dict[int, tuple[Peer, Peer]] = {}  # a peer and its partner
        for one, other in self._pairs:
            for peer, partner in ((one, other), (other, one)):
                self._by_descriptor[peer.sock.fileno()] = (peer, partner)
                self._poll.register(peer.sock.fileno(), select.EPOLLIN)
        for peer in onlookers:
            self._by_descriptor[peer.sock.fileno()] = (peer, peer)
            self._poll.register(peer.sock.fileno(), select.EPOLLIN)

    def start(self) -> None:
        """Send each pair's first message; with pauses, one pair after another."""
        now = time.perf_counter()
        for number, (one, other) in enumerate(self._pairs):
            self._due.append((now + self.pause * number / len(self._pairs), one, other))

    def run(self, seconds: float) -> None:
        """Let the pairs talk for a while."""
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            self._poll_once(answering=True)

    def drain(self) -> None:
        """Stop answering; wait for everything in flight, including acknowledgements."""
        deadline = time.perf_counter() + TIMEOUT_SECONDS
        while not self.is_drained():
            if time.perf_counter() > deadline:
                raise Refused(f"{self.total('sent') - self.total('received')} messages are missing")
            self._poll_once(answering=False)

    def receive_late(self, seconds: float) -> None:
        """Receive frames that still arrive after the last message."""
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            self._poll_once(answering=False)

    def is_drained(self) -> bool:
        sent = self.total("sent")
        acks = self.total("accepted") if self.dialect.accepted else sent
        return self.total("received") == acks == sent

    def close(self) -> None:
        self._poll.close()

    def total(self, what: str) -> int:
        """Return a total over all peers: `sent`, `received`, `accepted` or `badges`."""
        return sum(getattr(peer, what) for peer, _ in self._by_descriptor.values())

    def _poll_once(self, *, answering: bool) -> None:
        for descriptor, _ in self._poll.poll(0.001 if self.pause else 0.05):
            peer, other = self._by_descriptor[descriptor]
            for opcode, payload in peer.receive():
                if opcode != frames.TEXT or not peer.handle(payload, self.dialect):
                    continue
                now = time.perf_counter()
                self.latencies.append(now - peer.sent_at)
                if answering:
                    pair = (other, peer) if self.one_way else (peer, other)
                    self._due.append((peer.sent_at + self.pause, *pair))
                if self.read_every and peer.received % self.read_every == 0:
                    peer.mark_read(payload, self.dialect)
        if not answering:
            self._due.clear()
        while self._due and self._due[0][0] <= (now := time.perf_counter()):
            _when, speaker, listener = self._due.popleft()
            speaker.send(listener, now)


@dataclass
class Measurement:
    """The result of a measurement; the totals include the warm-up."""

    seconds: float
    latencies: list[float]  # seconds, in ascending order
    client_cores: float  # this client's CPU seconds per second
    sent: int
    accepted: int
    badges: int

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def milliseconds(self, percentile: float) -> float:
        return self.latencies[int((len(self.latencies) - 1) * percentile / 100)] * 1000


def measure(
    peers: Sequence[Peer],
    dialect: Dialect,
    *,
    warm_up: float,
    seconds: float,
    on_edge: Callable[[], None],
    read_every: int = 0,
    one_way: bool = False,
    pause: float = 0,
    onlookers: Sequence[Peer] = (),
) -> Measurement:
    """Let pairs talk, and measure.

    Args:
        warm_up: seconds before the measurement.
        seconds: the length of the measurement.
        onlookers: as for `ClosedLoop`, like the arguments before it.
        on_edge: called at the beginning and at the end of the measurement.

    Raises:
        Refused: the server violated the protocol, or a message never arrived.
    """
    loop = ClosedLoop(peers, dialect, read_every, one_way=one_way, pause=pause, onlookers=onlookers)
    gc.disable()  # there are no reference cycles here, and a collection would count as latency
    try:
        loop.start()
        loop.run(warm_up)
        on_edge()
        del loop.latencies[:]
        since, cpu_since = time.perf_counter(), time.process_time()
        loop.run(seconds)
        lasted, cpu = time.perf_counter() - since, time.process_time() - cpu_since
        on_edge()
        latencies = sorted(loop.latencies)
        loop.drain()
        loop.receive_late(BADGE_SECONDS)
    finally:
        gc.enable()
        loop.close()
    if not latencies:
        raise Refused(f"no message arrived within {seconds} s; measure for longer")
    return Measurement(
        seconds=lasted,
        latencies=latencies,
        client_cores=cpu / lasted,
        sent=loop.total("sent"),
        accepted=loop.total("accepted"),
        badges=loop.total("badges"),
    )
