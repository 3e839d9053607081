"""Pages per core: requests per CPU-second of one Daphne, compared with a bare Django view.

This uses the server process's CPU time, without the database's, so the figures are the same on a
busy machine. Each request has its own connection, as with nginx.
"""

import contextlib
import itertools
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import processes
from deploy import services

from . import first_visit

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
TIMEOUT_SECONDS = 60.0  # seconds within which a server must listen
WARM_UP = 30  # requests of each page that are not counted
AIMS = {"inbox": 60, "conversation": 80, "product page": 110, "badge JSON": 250}


@dataclass
class Page:
    """One kind of page on one server."""

    name: str
    port: int
    pid: int
    requests: Iterator[bytes]
    rates: list[float] = field(default_factory=list)  # per CPU-second, one per round

    def ask(self) -> int:
        """Request the page once; return the response as bytes."""
        with socket.create_connection((HOST, self.port), timeout=30) as line:
            line.sendall(next(self.requests))
            parts = []
            while part := line.recv(262_144):
                parts.append(part)
        answer = b"".join(parts)
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"{self.name}: {answer[:300]!r}")
        return len(answer)

    def play(self, seconds: float) -> None:
        """Request the page again and again for the given time."""
        before, count = processes.cpu_seconds([self.pid]), 0
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.ask()
            count += 1
        self.rates.append(count / (processes.cpu_seconds([self.pid]) - before))

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


def measure(address: str, folder: Path, rounds: int, seconds: float, *, look: bool) -> list[str]:
    """Return the lines of the table for the database with this URL.

    Args:
        rounds: rounds of every page, in turn.
        seconds: seconds per page and round.
        look: whether to count the requests of first visits in Chromium too.
    """
    port = services.free_port()
    environment = _environment(address, folder, port)
    run([sys.executable, "manage.py", "collectstatic", "--verbosity", "0"], environment)
    visitors = json.loads(run([sys.executable, "-m", "benchmarks.pages.visitors"], environment))
    cookie, asked = visitors["cookie"], visitors["pages"]
    bare_port = services.free_port()
    bare_settings = {"DJANGO_SETTINGS_MODULE": "benchmarks.bare.settings"}
    bare = ["daphne", "-v", "0", "-p", str(bare_port), "benchmarks.bare.asgi:application"]
    with (
        server(["config.server", "--port", str(port)], port, environment) as pid,
        server(bare, bare_port, os.environ | bare_settings) as bare_pid,
    ):
        pages = [
            Page(name, port, pid, itertools.cycle([_request(path, cookie, key) for path in paths]))
            for name, (key, paths) in asked.items()
        ]
        bare_page = Page("bare view", bare_port, bare_pid, itertools.cycle([_request("/", "", "")]))
        for page in [bare_page, *pages]:
            for _ in range(WARM_UP):
                page.ask()
        for _ in range(rounds):
            for page in [bare_page, *pages]:
                page.play(seconds)
        lines = table(bare_page, pages)
        if look:
            lines += ["", *first_visit.count(f"http://{HOST}:{port}", cookie, asked)]
    return lines


def table(bare: Page, pages: list[Page]) -> list[str]:
    lines = [
        "Pages per core: requests per CPU-second of the server process",
        f"{'page':30}{'per core':>10}{'of bare':>9}{'aim':>7}{'bytes':>9}",
        f"{bare.name:30}{bare.rate:10.0f}{1:9.2f}",
    ]
    for page in pages:
        aim = AIMS.get(page.name, "")
        share = page.rate / bare.rate
        lines.append(f"{page.name:30}{page.rate:10.0f}{share:9.2f}{aim:>7}{page.ask():>9,}")
    return lines


def run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, text=True, stdout=subprocess.PIPE
    )
    return done.stdout


@contextlib.contextmanager
def server(command: list[str], port: int, environment: dict[str, str]) -> Iterator[int]:
    """Run a server's module until the end of the block; yield its process ID."""
    command = [sys.executable, "-m", *command]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            deadline = time.monotonic() + TIMEOUT_SECONDS
            while True:
                with contextlib.suppress(ConnectionRefusedError):
                    socket.create_connection((HOST, port), timeout=5).close()
                    break
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{' '.join(command)} did not start")
                time.sleep(0.05)
            yield process.pid
        finally:
            process.terminate()


def _environment(address: str, folder: Path, port: int) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "benchmarks.pages.settings",
        "DATABASE_URL": address,
        "REDIS_URL": "",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": HOST,
        "TRUSTED_ORIGINS": "https://shop.example.com",
        "ORIGIN": f"http://{HOST}:{port}",
        "STATIC_ROOT": str(folder / "static"),
        "MEDIA_ROOT": str(folder / "media"),
    }


def _request(path: str, cookie: str, key: str) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {HOST}",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Encoding: gzip, deflate, br",
        "Accept-Language: en-GB,en;q=0.9,es;q=0.8",
        "X-Forwarded-For: 192.0.2.7",
        "X-Forwarded-Proto: https",
        "Cookie: timezone=Europe/Madrid" + (f"; {cookie}={key}" if key else ""),
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode()
