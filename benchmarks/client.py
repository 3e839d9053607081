"""The measuring client: many sockets, one thread, one epoll, and as little Python as possible.

It uses only the documented protocol. A library's frame objects and tasks would cost more than the
servers under test; the client must stay under a quarter of a core.
"""

import gc
import re
import select
import socket
import time
import uuid
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import frames
from .dialects import Dialect

TIMEOUT_SECONDS = 30.0  # for anything that a server does
HANDSHAKES_AT_ONCE = 32  # Daphne's backlog is 50
CHUNK = 16 * 1024  # bytes
BADGE_SECONDS = 1.0  # within which a badge must be correct
SEQUENCE = re.compile(rb'"sequence":(\d+)')
USER = re.compile(rb'"user":(\d+)')
UNREAD = re.compile(rb'"unread":(\d+)')


@dataclass(frozen=True)
class Endpoint:
    """Where to open a socket: for which session and conversation, on which server."""

    conversation: int
    cookie: str
    port: int


class Refused(Exception):
    """The server violated the protocol."""


class Peer:
    """One socket of one person."""

    __slots__ = (
        "accepted", "awaited_id", "badge", "badges", "buffer", "endpoint", "mask", "prefix",
        "received", "sent", "sent_at", "sock", "template", "user",
    )  # fmt: skip

    def __init__(self, endpoint: Endpoint, dialect: Dialect) -> None:
        self.endpoint = endpoint
        self.mask = frames.Mask()
        self.prefix = str(uuid.uuid4())[:24].encode()  # the counter is the rest of a client_id
        before, after = dialect.send.split(b"%(client_id)s")
        filled = before.replace(b"%(conversation)d", b"%d" % endpoint.conversation)
        self.template = (filled + self.prefix, after)
        self.buffer = b""
        self.sent = self.accepted = self.received = self.badges = 0
        self.awaited_id = b""  # the client_id of the message that is being timed
        self.sent_at = 0.0
        self.user = 0
        self.badge = b""  # the last frame with the number of unread notifications
        self.sock = socket.create_connection(("127.0.0.1", endpoint.port), timeout=TIMEOUT_SECONDS)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    # -- before and after a measurement, one socket at a time ----------------------------------

    def start_handshake(self, dialect: Dialect, origin: str) -> None:
        path = dialect.path.replace("%(conversation)d", str(self.endpoint.conversation))
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: {origin.partition('//')[2]}",
            f"Origin: {origin}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            f"Cookie: sessionid={self.endpoint.cookie}",
        ]
        self.sock.sendall("\r\n".join([*lines, "", ""]).encode())

    def finish_handshake(self, dialect: Dialect) -> None:
        """Wait for the end of the handshake, and for the server's first frame."""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self._more()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise Refused(head.decode("latin1"))
        if dialect.ready:
            self.badge = self._wait_for(dialect.ready)
            self.user = int(USER.findall(self.badge)[0])

    def open(self, dialect: Dialect) -> None:
        if dialect.open and dialect.opened:
            text = dialect.open.replace(b"%(conversation)d", b"%d" % self.endpoint.conversation)
            self.sock.sendall(self.mask.frame(text))
            self._wait_for(dialect.opened)

    def close(self) -> None:
        """Close the socket and wait until the server has closed it too."""
        self.sock.settimeout(TIMEOUT_SECONDS)
        try:
            self.sock.sendall(self.mask.frame((1000).to_bytes(2, "big"), frames.CLOSE))
            while self.sock.recv(CHUNK):
                pass
        except ConnectionError:
            pass
        self.sock.close()

    def _wait_for(self, words: bytes) -> bytes:
        while True:
            complete, self.buffer = frames.split(self.buffer)
            for opcode, payload in complete:
                if words in payload:
                    return payload
                if opcode == frames.CLOSE or b'"error"' in payload:
                    raise Refused(repr(payload))
            self.buffer += self._more()

    def _more(self) -> bytes:
        data = self.sock.recv(CHUNK)
        if not data:
            raise Refused("the server hung up")
        return data

    # -- during a measurement -------------------------------------------------------------------

    def send(self, listener: "Peer", now: float) -> None:
        """Send a message whose delivery to `listener` is timed."""
        number = b"%012x" % self.sent
        before, after = self.template
        self.sent += 1
        listener.awaited_id = self.prefix + number
        listener.sent_at = now
        frame = self.mask.frame(before + number + after)
        if self.sock.send(frame) != len(frame):
            raise Refused("the server takes no more than one message")

    def handle(self, payload: bytes, dialect: Dialect) -> bool:
        """Handle a frame; return True if it has the message whose delivery is timed."""
        if dialect.created in payload:
            if self.awaited_id and self.awaited_id in payload:
                self.awaited_id = b""
                self.received += 1
                return True
        elif dialect.accepted and dialect.accepted in payload:
            self.accepted += 1
        elif dialect.badge and dialect.badge in payload:
            self.badges += 1
            self.badge = payload
        elif b'"error"' in payload:
            raise Refused(repr(payload))
        return False

    def mark_read(self, payload: bytes, dialect: Dialect) -> None:
        """Mark a message as read, like a page that shows it."""
        sequence = SEQUENCE.search(payload)
        if dialect.read and sequence:
            values = {b"conversation": self.endpoint.conversation, b"sequence": int(sequence[1])}
            self.sock.send(self.mask.frame(dialect.read % values))

    @property
    def unread(self) -> int:
        """The number on the badge of this person's page."""
        return int(UNREAD.findall(self.badge)[0])

    def receive(self) -> list[tuple[int, bytes]]:
        """Return the frames that arrived; answer pings."""
        try:
            data = self.sock.recv(CHUNK)
        except BlockingIOError:
            return []
        if not data:
            raise Refused("the server hung up")
        complete, self.buffer = frames.split(self.buffer + data if self.buffer else data)
        for opcode, payload in complete:
            if opcode == frames.PING:
                self.sock.send(self.mask.frame(payload, frames.PONG))
            elif opcode == frames.CLOSE:
                raise Refused(f"closed with {int.from_bytes(payload[:2], 'big')}")
        return complete


def connect(
    endpoints: Sequence[Endpoint], dialect: Dialect, origin: str, *, opening: bool = False
) -> list[Peer]:
    """Open sockets, some at a time.

    Args:
        origin: the origin of trusted pages.
        opening: whether to open the conversations too, like pages that show them.
    """
    peers: list[Peer] = []
    for start in range(0, len(endpoints), HANDSHAKES_AT_ONCE):
        some = [
            Peer(endpoint, dialect) for endpoint in endpoints[start : start + HANDSHAKES_AT_ONCE]
        ]
        for peer in some:
            peer.start_handshake(dialect, origin)
        for peer in some:
            peer.finish_handshake(dialect)
            if opening:
                peer.open(dialect)
            peer.sock.setblocking(False)
        peers += some
    return peers


class ClosedLoop:
    """Pairs that talk in a closed loop: each person answers a message as soon as it arrives.

    A message counts from its sending until the other side's socket has received it. Each pair
    has one message in flight, and every second one goes the other way.

    Args:
        peers: the pairs, one after another.
        read_every: the number of messages after which a receiver marks them as read; 0 for never.
        one_way: whether only the first person of each pair talks, as soon as the last message
            has arrived.
        pause: the minimum number of seconds between two messages of a pair.
    """

    def __init__(
        self,
        peers: Sequence[Peer],
        dialect: Dialect,
        read_every: int = 0,
        *,
        one_way: bool = False,
        pause: float = 0,
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
) -> Measurement:
    """Let pairs talk, and measure.

    Args:
        warm_up: seconds before the measurement.
        seconds: the length of the measurement.
        on_edge: is called at the beginning and at the end of the measurement.

    Raises:
        Refused: the server violated the protocol, or a message never arrived.
    """
    loop = ClosedLoop(peers, dialect, read_every, one_way=one_way, pause=pause)
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
