"""A socket without a client library, for clients that misbehave."""

import contextlib
import select
import socket
import struct

from tests.site import Visitor

TEXT, CONTINUATION, CLOSE, PING = 0x1, 0x0, 0x8, 0x9  # RFC 6455, section 5.2


class RawSocket:
    """A socket that answers nothing, and reads only on request."""

    def __init__(self, visitor: Visitor) -> None:
        self.sock = socket.create_connection(("127.0.0.1", visitor.port))
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**18)
        at = f"127.0.0.1:{visitor.port}"
        self.sock.sendall(
            f"GET /ws/ HTTP/1.1\r\nHost: {at}\r\nOrigin: http://{at}\r\n"
            f"Cookie: {visitor.cookies}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.received = b""
        while b"\r\n\r\n" not in self.received:
            self.received += self.sock.recv(4096)
        assert b" 101 " in self.received
        self.received = self.received.partition(b"\r\n\r\n")[2]

    def send(self, payload: bytes, opcode: int = TEXT, *, last: bool = True) -> None:
        size = len(payload)
        head = bytes([opcode | 0x80 * last])
        head += bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size)
        self.sock.sendall(head + bytes(4) + payload)  # a mask of zeros

    def ended(self, seconds: float) -> bool:
        """Whether the server ends the connection within some seconds; reads nothing."""
        watch = select.poll()
        watch.register(self.sock, select.POLLRDHUP | select.POLLHUP | select.POLLERR)
        return bool(watch.poll(seconds * 1000))

    def close_code(self, quiet: float) -> int | None:
        """Read until nothing has arrived for some seconds; return the code of a close frame."""
        self.sock.settimeout(quiet)
        with contextlib.suppress(OSError):
            while got := self.sock.recv(2**20):
                self.received += got
        while len(self.received) >= 2:
            opcode, size, start = self.received[0] & 0x0F, self.received[1], 2
            if size > 125:
                start = 4 if size == 126 else 10
                size = int.from_bytes(self.received[2:start], "big")
            if len(self.received) < start + size:
                return None
            payload, self.received = (
                self.received[start : start + size],
                self.received[start + size :],
            )
            if opcode == CLOSE:
                return int.from_bytes(payload[:2], "big")
        return None
