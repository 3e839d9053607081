"""The measuring client: many sockets, one thread, one epoll, and as little Python as possible.

It uses only the documented protocol. A library's frame objects and tasks would cost more than the
servers under test; the client must stay under a quarter of a core.
"""

import re
import socket
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from . import frames
from .dialects import Dialect

TIMEOUT_SECONDS = 30.0  # for anything that a server does
HANDSHAKES_AT_ONCE = 32  # Daphne's backlog is 50
CHUNK = 16 * 1024  # bytes
SEQUENCE = re.compile(rb'"sequence":(\d+)')
USER = re.compile(rb'"user":(\d+)')
UNREAD = re.compile(rb'"unread":(\d+)')


@dataclass(frozen=True)
class Endpoint:
    """The socket to open: for which session and conversation, on which server."""

    conversation: int
    cookie: str
    port: int


class Refused(Exception):
    """The server violated the protocol."""


class Peer:
    """One person's socket."""

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
        self.awaited_id = b""  # the client_id of the message being timed
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
        """Handle a frame; return True if it contains the message whose delivery is timed."""
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
    """Open sockets, a few at a time.

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
