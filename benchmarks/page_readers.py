"""People who load their inbox again and again while others talk."""

import contextlib
import socket
from collections.abc import Sequence

from .beside import HOST, work, working
from .client import Endpoint


def reading(
    port: int, endpoints: Sequence[Endpoint], number: int
) -> contextlib.AbstractContextManager[None]:
    """Let the first sellers load their inboxes until the end of the block.

    Args:
        endpoints: of shoppers and sellers, alternating.
        number: the number of people; may be 0.
    """
    return working(__name__, port, [endpoint.cookie for endpoint in endpoints[1::2]][:number])


def read(port: int, cookie: str) -> None:
    """Load an inbox.

    Raises:
        RuntimeError: the response is not a page.
    """
    lines = [
        "GET /conversations/ HTTP/1.1",
        f"Host: {HOST}",
        "X-Forwarded-Proto: https",
        "X-Forwarded-For: 192.0.2.7",
        f"Cookie: sessionid={cookie}",
        "Connection: close",
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = b""
        while part := line.recv(65_536):
            answer = answer or part
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(repr(answer[:200]))


if __name__ == "__main__":
    work(read)
