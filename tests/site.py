"""The site as its users see it: separate server processes, reached only over the network."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

from django.conf import settings
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from accounts.models import User
from deploy import services

from .databases import own_database
from .patience import PATIENCE

CSRF_TOKEN = "x" * 32  # a form's CSRF token only has to match the cookie
JSON = "application/json"


class Site:
    """Servers of this project on one database; `start` them one by one.

    Args:
        folder: the folder for their logs.
        environment: additions to our environment, for example `DATABASE_URL`.
    """

    command: Sequence[str] = ("-m", "config.server", "--port")

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.environment = environment
        self.ports = [services.free_port(), services.free_port()]
        self.processes: dict[int, subprocess.Popen[bytes]] = {}

    @classmethod
    def on_test_database(cls, folder: Path, **environment: str) -> Self:
        """A site on the test's own database."""
        return cls(folder, **{"DATABASE_URL": own_database(), **environment})

    def url(self, path: str = "/", process: int = 0) -> str:
        return f"http://127.0.0.1:{self.ports[process]}{path}"

    def start(self, process: int = 0) -> None:
        """Start a server and wait until it responds."""
        with (self.folder / f"server-{process}.log").open("ab") as log:
            self.processes[process] = subprocess.Popen(
                [sys.executable, *self.command, str(self.ports[process])],
                env=os.environ | self.environment,
                stdout=log,
                stderr=log,
            )
        server = self.processes[process]

        def probe() -> None:
            if server.poll() is not None:
                raise RuntimeError(f"the server ended: {self.said(process)[-2000:]}")
            with suppress(HTTPError):  # it responds; tests collect no static files
                urlopen(self.url("/health/", process), timeout=PATIENCE).close()  # noqa: S310

        services.wait(probe, OSError)

    def kill(self, process: int = 0) -> None:
        """Simulate a crash."""
        server = self.processes.pop(process)
        server.kill()
        server.wait()

    def said(self, process: int = 0) -> str:
        """Return what a server has written to its log."""
        return (self.folder / f"server-{process}.log").read_text()

    def must_have_said(self, *words: str, process: int = 0) -> None:
        """Raise AssertionError unless one line of a server's log contains all of these words."""
        lines = self.said(process).splitlines()
        assert any(all(word in line for word in words) for line in lines), words

    def memory(self, process: int = 0) -> int:
        """Return how many bytes of memory a server uses."""
        status = Path(f"/proc/{self.processes[process].pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024

    def close(self) -> None:
        for process in list(self.processes):
            self.kill(process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def session_of(user: User, confirm: Callable[[Client], object] | None = None) -> str:
    """Return the key of a new session for a person.

    Args:
        confirm: called to enter the password again in a browser.
    """
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    if confirm is not None:
        confirm(client)
    key: str = client.cookies[settings.SESSION_COOKIE_NAME].value
    return key


@dataclass(frozen=True)
class Answer:
    """A server's response."""

    status: int
    headers: HTTPMessage
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


class Visitor:
    """Somebody who uses a server without a browser.

    Args:
        site: the site. session: the key of the visitor's session, or empty. process: which of the
            site's servers.
    """

    def __init__(self, site: Site, session: str = "", process: int = 0) -> None:
        self.port = site.ports[process]
        self.cookies = f"csrftoken={CSRF_TOKEN}"
        if session:
            self.cookies += f"; {settings.SESSION_COOKIE_NAME}={session}"

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, form: dict[str, Any], **headers: str) -> Answer:
        """Post a form like a page, or with `accept=JSON` like a script."""
        return self._ask("POST", path, urlencode(form), headers)

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of this visitor's requests."""
        return {
            "Cookie": self.cookies,
            "X-CSRFToken": CSRF_TOKEN,
            "Accept": "text/html",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        line = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            line.request(
                method, path, body, self.headers | {n.title(): v for n, v in names.items()}
            )
            answer = line.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())
        finally:
            line.close()

    @contextmanager
    def socket(self, **options: Any) -> "Iterator[Line]":
        """Open the socket. Raises what `websockets` raises if the handshake is refused."""
        at = f"127.0.0.1:{self.port}"
        options = {"origin": f"http://{at}", "compression": None, "proxy": None} | options
        cookie = {"Cookie": self.cookies}
        with connect(f"ws://{at}/ws/", additional_headers=cookie, **options) as socket:
            yield Line(socket)


class Line:
    """An open socket that sends and receives frames."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def send(self, **frame: Any) -> None:
        self.socket.send(json.dumps(frame))

    def next_frame(self, *kinds: str, within: float = PATIENCE) -> dict[str, Any]:
        """Return the next frame of one of the given types; skip others.

        Raises:
            TimeoutError: no such frame arrived within so many seconds.
        """
        while True:
            frame: dict[str, Any] = json.loads(self.socket.recv(timeout=within))
            if frame["type"] in kinds:
                return frame

    def closed_with(self) -> int | None:
        """Return the code with which the server closes the socket; skip all frames."""
        try:
            while True:
                self.socket.recv(timeout=PATIENCE)
        except ConnectionClosed:
            return self.socket.close_code
