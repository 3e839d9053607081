"""A site whose PostgreSQL and Redis the test can stop and start."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from deploy import programs, services
from tests import template
from tests.site import Answer, Line, Site, Visitor


class Place:
    """A site with two servers, PostgreSQL, Redis, and two people who talk.

    Args:
        site: its servers, all started.
        database, broker: what tests may take away from it.
        cast: what `tests.outages.cast` printed.
    """

    def __init__(
        self, site: Site, database: services.Server, broker: services.Server, cast: dict[str, Any]
    ) -> None:
        self.site, self.database, self.broker, self.sessions = site, database, broker, cast
        self.shopper = Visitor(site, cast["shopper"])
        self.seller = Visitor(site, cast["seller"], process=1)
        self.visitor = Visitor(site)
        self.conversation: int = cast["conversation"]
        self.address = f"/conversation/{self.conversation}/"

    def post(self, who: Visitor, body: str, **headers: str) -> Answer:
        """Send a message by POST, like a form, or with `accept=JSON` like a script."""
        form = {"body": body, "client_id": str(uuid.uuid4())}
        return who.post(f"{self.address}new_message/", form, **headers)

    def send(self, line: Line, body: str) -> dict[str, Any]:
        """Send a message over a socket; return the response."""
        client_id = str(uuid.uuid4())
        line.send(
            type="message.send", conversation=self.conversation, client_id=client_id, body=body
        )
        while True:
            answer = line.next_frame("message.accepted", "error")
            if answer.get("client_id") == client_id:
                return answer

    def stored(self) -> list[str]:
        """Return the bodies of all messages, in order."""
        with psycopg.connect(self.database.address) as connection:
            rows = connection.execute("SELECT body FROM messaging_message ORDER BY sequence")
            return [body for (body,) in rows]

    def restore(self) -> None:
        """Start everything, delete all messages, and reset the limits."""
        self.database.start()
        self.broker.start()
        with contextlib.closing(redis.Redis.from_url(self.broker.address)) as broker:
            broker.flushall()
        with psycopg.connect(self.database.address, autocommit=True) as connection:
            connection.execute(
                "UPDATE messaging_conversation"
                " SET last_sequence = 0, revision = 0, last_message_hour = NULL"
            )
            connection.execute("TRUNCATE notifications_news CASCADE")
            connection.execute("DELETE FROM messaging_message")
        for visitor in (self.shopper, self.seller):
            services.wait(partial(check_health, visitor), AssertionError)


WELL = {
    "database": True,
    "static_files": True,
    "channel_layer": True,
    "channel_layer_is_shared": True,
}


def check_health(visitor: Visitor) -> None:
    """Raise AssertionError unless a visitor's server reaches everything that it needs."""
    assert visitor.get("/health/").json() == WELL


@pytest.fixture(scope="package")
def running() -> Iterator[Place]:
    """One site for all tests of outages."""
    missing = [name for name in ("postgres", "initdb", "redis-server") if not programs.find(name)]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    with tempfile.TemporaryDirectory(prefix="trato-outages-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL runs as another user, who needs to enter
        with (
            template.postgresql(folder, max_connections=40) as (database, is_migrated),
            services.redis_server(folder) as broker,
        ):
            environment = {
                "DATABASE_URL": database.address,
                "REDIS_URL": broker.address,
                "DATABASE_POOL_SIZE": "4",
                "FORMS_AT_ONCE": "24",  # so that the forms of a test can take all of them
            }
            migrate = [] if is_migrated else [["manage.py", "migrate", "--verbosity=0"]]
            for command in (*migrate, ["-m", "tests.outages.cast"]):
                done = subprocess.run(
                    [sys.executable, *command],
                    env=os.environ | environment,
                    stdout=subprocess.PIPE,
                    check=True,
                )
            with Site(folder, **environment) as site:
                for process in range(2):
                    site.start(process)
                yield Place(site, database, broker, json.loads(done.stdout))


@pytest.fixture
def place(running: Place) -> Iterator[Place]:
    """The site in working order; checks that the same processes run afterwards."""
    before = [server.pid for server in running.site.processes.values()]
    yield running
    running.restore()
    assert [server.pid for server in running.site.processes.values()] == before
    assert all(server.poll() is None for server in running.site.processes.values())
