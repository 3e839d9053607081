"""The systems under test, with their databases, Redis, people and server processes."""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import psycopg
import redis

from deploy import services

from .client import Endpoint
from .dialects import ROOM, TRATO, Dialect
from .stages import Stage

ROOT = Path(__file__).resolve().parents[1]
TIMEOUT_SECONDS = 60.0  # seconds within which a server must listen
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
ALONE = Stage("").cohort  # shops of one person, nothing unread
TRATO_ORIGIN = "https://shop.example.com"  # the origin of trusted pages, which the client sends


NOTHING_TO_READ = """
    INSERT INTO messaging_traceprogress (id, message, version)
    SELECT 1, coalesce(max(id), 0), 0 FROM messaging_message
    ON CONFLICT (id) DO UPDATE SET message = excluded.message"""

Cohorts = Mapping[str, int]  # the number of pairs by `Stage.cohort`


@dataclass(frozen=True)
class Server:
    """A process that serves one port."""

    pid: int
    port: int


@dataclass
class System:
    """An application under test, with its own services."""

    name: str
    dialect: Dialect
    origin: str
    environment: dict[str, str]
    folder: Path
    services: list[int]  # process IDs of the database's and Redis' root processes
    database_url: str = ""
    # By `Stage.cohort`: conversations, each with the cookies of its two people.
    cohorts: dict[str, list[tuple[int, list[str]]]] = field(default_factory=dict)
    # Also by `Stage.cohort`: the cookies of the colleagues of the first conversation's seller.
    colleagues: dict[str, list[str]] = field(default_factory=dict)

    @contextlib.contextmanager
    def serve(self, stage: Stage, *, nice: int = 0) -> Iterator[Server]:
        """Run one server process until the end of the block.

        Args:
            nice: how far to lower its priority.
        """
        port = services.free_port()
        priority = ["nice", "-n", str(nice)] if nice else []
        command = [*priority, sys.executable, "-m", *self.commands(port)[stage.how]]
        environment = self.environment
        with (self.folder / f"{stage.how}-{port}.log").open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            if not _listens(port, process):
                raise RuntimeError(f"{stage.how} did not start:\n{Path(log.name).read_text()}")
            yield Server(process.pid, port)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def commands(self, port: int) -> dict[str, list[str]]:
        """The modules that serve this system, with their arguments."""
        if self.name == "trato":
            return trato_commands(port)
        application = f"benchmarks.{self.name}.asgi:application"
        return {"daphne": ["daphne", "-b", "127.0.0.1", "-p", str(port), application]}

    def settle(self) -> None:
        """Make the database clean up now, and let Trato skip its work on old messages.

        Otherwise both would happen during another measurement. When Trato's servers have little to
        do, they slowly reread each message: after a benchmark, that would take hours.
        """
        if self.database_url:
            with psycopg.connect(self.database_url, autocommit=True) as connection:
                if self.name == "trato":
                    connection.execute(NOTHING_TO_READ)
                connection.execute("VACUUM ANALYZE")
                connection.execute("CHECKPOINT")

    def endpoints(self, cohort: str, pairs: int, servers: Sequence[Server]) -> list[Endpoint]:
        """Return the endpoints of pairs. With two servers, half of the pairs use both."""
        ports = [server.port for server in servers]
        return [
            Endpoint(conversation, cookie, ports[(number >> side) % len(ports)])
            for number, (conversation, cookies) in enumerate(self.cohorts[cohort][:pairs])
            for side, cookie in enumerate(cookies)
        ]

    def onlookers(self, cohort: str, servers: Sequence[Server]) -> list[Endpoint]:
        """Return the endpoints of the colleagues of the first conversation's seller."""
        [(conversation, _), *_] = self.cohorts[cohort]
        return [
            Endpoint(conversation, cookie, servers[number % len(servers)].port)
            for number, cookie in enumerate(self.colleagues[cohort])
        ]


def trato_commands(port: int) -> dict[str, list[str]]:
    """Return the servers that can run Trato, with the limits that `config.server` gives Daphne."""
    application = "config.asgi:application"
    return {
        "daphne": ["config.server", "--port", str(port)],
        "uvicorn": [
            *("uvicorn", application, "--port", str(port), "--loop", "uvloop"),
            *("--ws", "websockets-sansio", "--ws-max-size", "16384"),
            *("--lifespan", "off", "--log-level", "warning"),
        ],
        "granian": [
            *("granian", application, "--port", str(port), "--interface", "asginl"),
            *("--loop", "uvloop", "--no-access-log", "--log-level", "warning"),
        ],
    }


@contextlib.contextmanager
def rival(folder: Path, cohorts: Cohorts) -> Iterator[System]:
    """Start the naive rival's PostgreSQL and Redis."""
    with _with_services("rival", ROOM, folder, {ALONE: cohorts[ALONE]}, {}) as system:
        yield system


@contextlib.contextmanager
def trato(folder: Path, cohorts: Cohorts) -> Iterator[System]:
    """Start Trato's PostgreSQL and Redis, with production's settings."""
    environment = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "shop.example.com",
        "TRUSTED_ORIGINS": TRATO_ORIGIN,
        "MEDIA_ROOT": str(folder / "media"),
        "PRIVATE_MEDIA_ROOT": str(folder / "private"),
        "STATIC_ROOT": str(folder / "static"),
    }
    with _with_services("trato", TRATO, folder, cohorts, environment) as system:
        system.origin = TRATO_ORIGIN
        collecting = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
        subprocess.run(collecting, cwd=ROOT, env=system.environment, check=True)
        yield system


@contextlib.contextmanager
def trato_for_browsers(folder: Path) -> Iterator[System]:
    """Start Trato for a shopper and a seller in browsers, which need pages too.

    It uses the tests' settings, because production's insist on HTTPS.
    """
    environment = {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "MEDIA_ROOT": str(folder / "media"),
        "MESSAGES_PER_MINUTE": "1000000",
    }
    with _with_services("trato", TRATO, folder, {ALONE: 1}, environment) as system:
        yield system


@contextlib.contextmanager
def stock(folder: Path, cohorts: Cohorts) -> Iterator[System]:
    """Start stock Channels' Redis; it has no database."""
    folder.mkdir()
    with services.redis_server(folder) as broker:
        redis_url = broker.address
        yield System(
            name="stock",
            dialect=ROOM,
            origin="http://localhost",
            environment=_environment("stock", {"REDIS_URL": redis_url}),
            folder=folder,
            services=[_redis_pid(redis_url)],
            cohorts={ALONE: [(one + 1, ["nobody", "nobody"]) for one in range(cohorts[ALONE])]},
        )


@contextlib.contextmanager
def _with_services(
    name: str, dialect: Dialect, folder: Path, cohorts: Cohorts, environment: dict[str, str]
) -> Iterator[System]:
    folder.mkdir()
    folder.chmod(0o711)  # PostgreSQL runs as another user, who needs to enter
    with (
        services.postgresql(folder, fsync="on", full_page_writes="on") as database,
        services.redis_server(folder) as broker,
    ):
        database_url, redis_url = database.address, broker.address
        addresses = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
        postmaster = (folder / "postgresql" / "postmaster.pid").read_text().split()[0]
        system = System(
            name=name,
            dialect=dialect,
            origin="http://localhost",
            environment=_environment(name, addresses | environment),
            folder=folder,
            services=[int(postmaster), _redis_pid(redis_url)],
            database_url=database_url,
        )
        made = subprocess.run(
            [sys.executable, "-m", "benchmarks.population", name]
            + [f"{cohort}:{pairs}" for cohort, pairs in cohorts.items()],
            cwd=ROOT,
            env=system.environment,
            stdout=subprocess.PIPE,
            check=True,
        )
        for cohort, pairs in json.loads(made.stdout).items():
            system.cohorts[cohort] = [(one["conversation"], one["cookies"]) for one in pairs]
            system.colleagues[cohort] = pairs[0].get("colleagues", [])
        system.settle()
        with psycopg.connect(database_url, autocommit=True) as connection:
            for setting in DURABLE:
                [value] = connection.execute(f"SHOW {setting}").fetchone() or [None]
                if value != "on":
                    raise RuntimeError(f"{setting} is {value}: commits would not be on the disk")
        yield system


def _environment(name: str, more: dict[str, str]) -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": f"benchmarks.{name}.settings", **more}


def _redis_pid(url: str) -> int:
    with contextlib.closing(redis.Redis.from_url(url)) as client:
        known = cast(dict[str, Any], client.info("server"))
        return int(known["process_id"])


def _listens(port: int, process: "subprocess.Popen[bytes]") -> bool:
    """Return True as soon as a server listens; False if it exits or takes too long."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return True
        time.sleep(0.05)
    return False
