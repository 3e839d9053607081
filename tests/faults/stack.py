"""The processes under test, all private to the run.

`postgresql_and_redis`: nginx as it is deployed, two servers, PostgreSQL, which keeps what it
commits as in production, and Redis. `sqlite`: one server and an SQLite file.
"""

import asyncio
import json
import os
import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.request import urlopen

from deploy import cluster, services
from tests import template

MAX_CONNECTIONS = 60  # of PostgreSQL; two servers use at most 36


class Stack:
    """Servers that can get a defect, or be made to die, each time they start.

    Args:
        folder: the run's files.
        ports: one for each server.
        environment: the servers' environment.
    """

    postgres: services.Server
    redis: services.Server
    front: str = ""  # nginx's URL
    is_migrated: bool = False

    def __init__(self, folder: Path, ports: list[int], environment: dict[str, str]) -> None:
        self.folder, self.ports, self.environment = folder, ports, environment
        self.servers: list[services.Server] = [self._server(port, {}) for port in ports]
        self.running: list[dict[str, str]] = []  # the changes of those started by `serve`

    async def serve(self, changes: dict[str, str] | None = None, *, servers: int = 2) -> None:
        """Make servers run with some changes; restart those that run without them.

        Args:
            changes: to their environment, see `settings`, `plants` and `crashes`.
            servers: how many; the others are stopped.
        """
        wanted = [changes or {}] * min(servers, len(self.ports))
        if self.running == wanted and all(server.running for server in self.servers[:servers]):
            return
        for number in range(len(self.ports)):
            self.stop_server(number)
        for number in range(len(wanted)):
            self.start_server(number, wanted[number])
        for number in range(len(wanted)):
            await self.wait_for_server(number)
        self.running = wanted

    def start_server(self, number: int, changes: dict[str, str]) -> None:
        """Kill a server and start it again; wait for it before using it."""
        self.stop_server(number)
        self.running = []
        self.servers[number] = self._server(self.ports[number], changes)
        self.servers[number].launch()

    async def wait_for_server(self, number: int) -> None:
        await asyncio.to_thread(self.servers[number].wait)

    def stop_server(self, number: int) -> None:
        if self.servers[number].running:
            self.servers[number].kill()

    def repair(self) -> None:
        """Restart PostgreSQL and Redis; the next `serve` starts the servers again."""
        self.running = []
        for part in (self.postgres, self.redis) if self.front else ():
            if part.running:
                part.resume()
            else:
                part.start()

    def address(self, number: int | None = None) -> str:
        """Return the URL of one server, or of nginx, which chooses one."""
        if number is not None:
            return f"ws://127.0.0.1:{self.ports[number]}"
        return (self.front or f"http://127.0.0.1:{random.choice(self.ports)}").replace("http", "ws")

    def memory(self, number: int) -> float:
        """Return a server's current memory in MiB."""
        status = Path(f"/proc/{self.servers[number].pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def _server(self, port: int, changes: dict[str, str]) -> services.Server:
        address = f"http://127.0.0.1:{port}"
        return services.Server(
            address,
            [sys.executable, "-m", "tests.faults.server", "--port", str(port)],
            self.folder,
            lambda: urlopen(f"{address}/health/", timeout=5).close(),  # noqa: S310
            OSError,
            name=f"server-{self.ports.index(port)}",
            environment={**self.environment, **changes, "PYTHONPATH": str(cluster.ROOT)},
        )


class _Front(cluster.Cluster):
    """The deployed cluster's nginx, without the rest."""

    counted = ""

    def start(self) -> None:
        self.nginx = self._nginx()
        self.nginx.launch()

    def stop(self) -> None:
        self.nginx.stop()


@contextmanager
def postgresql_and_redis(folder: Path) -> Iterator[Stack]:
    """Start everything but the servers, and put the URLs into this process's environment."""
    with ExitStack() as ending:
        postgres, is_migrated = ending.enter_context(
            template.postgresql(folder, fsync="on", max_connections=MAX_CONNECTIONS)
        )
        redis = ending.enter_context(services.redis_server(folder))
        os.environ |= {
            "DATABASE_URL": postgres.address,
            "REDIS_URL": redis.address,
            "MEDIA_ROOT": str(folder / "media"),
        }
        front = ending.enter_context(_Front(folder, page_daphnes=0))
        stack = Stack(folder, front.ports, dict(os.environ))
        stack.postgres, stack.redis, stack.front = postgres, redis, front.url
        stack.is_migrated = is_migrated
        with _ending(stack):
            yield stack


@contextmanager
def sqlite(folder: Path) -> Iterator[Stack]:
    """Prepare one server with an SQLite file."""
    os.environ |= {
        "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
        "REDIS_URL": "",
        "MEDIA_ROOT": str(folder / "media"),
    }
    stack = Stack(folder, [services.free_port()], dict(os.environ))
    stack.is_migrated = template.copied_to(folder / "site.sqlite3")
    with _ending(stack):
        yield stack


@contextmanager
def _ending(stack: Stack) -> Iterator[None]:
    try:
        yield
    finally:
        for number in range(len(stack.ports)):
            stack.stop_server(number)


async def pause(part: services.Server, seconds: float) -> None:
    """Make a part hang for a while: connections stay open, but nothing responds."""
    part.pause()
    await asyncio.sleep(seconds)
    part.resume()


def settings(**changes: object) -> dict[str, str]:
    """Return changes for `serve` that change some settings of the site."""
    return {"FAULTS_SETTINGS": json.dumps(changes)}
