"""People who load their inbox again and again while others talk.

They run in a separate process, so that they don't slow down the client that measures messages.
"""

import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence

from .client import Endpoint

HOST = "shop.example.com"


@contextlib.contextmanager
def reading(port: int, endpoints: Sequence[Endpoint], number: int) -> Iterator[None]:
    """Let the first sellers load their inboxes until the end of the block.

    Args:
        endpoints: of shoppers and sellers, alternating.
        number: the number of people; may be 0.
    """
    if not number:
        yield
        return
    cookies = [endpoint.cookie for endpoint in endpoints[1::2]][:number]
    command = [sys.executable, "-m", __name__, str(port), *cookies]
    with subprocess.Popen(command) as process:
        try:
            yield
            if process.poll() is not None:
                raise RuntimeError("a page could not be loaded")
        finally:
            process.kill()


def main(port: int, cookies: Sequence[str]) -> None:
    """Load pages until killed; exit if a page can't be loaded."""
    failed = threading.Event()
    for cookie in cookies:
        threading.Thread(target=_read, args=(port, cookie, failed), daemon=True).start()
    failed.wait()
    sys.exit("A page could not be loaded.")


def _read(port: int, cookie: str, failed: threading.Event) -> None:
    lines = [
        "GET /conversations/ HTTP/1.1",
        f"Host: {HOST}",
        "X-Forwarded-Proto: https",
        "X-Forwarded-For: 192.0.2.7",
        f"Cookie: sessionid={cookie}",
        "Connection: close",
    ]
    request = "\r\n".join([*lines, "", ""]).encode()
    try:
        while True:
            with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
                line.sendall(request)
                answer = b""
                while part := line.recv(65_536):
                    answer = answer or part
            if not answer.startswith(b"HTTP/1.1 200 "):
                raise RuntimeError(repr(answer[:200]))
    finally:
        failed.set()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
