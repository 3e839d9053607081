"""Without Redis, only one process may serve a database: others would miss its messages."""

import fcntl
import os
import signal
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.db import connection

log = structlog.get_logger("trato.server")

LOCK_KEY = 0x747261746F  # "trato", among the advisory locks of the database
OLD_SESSION_ENDS_MILLISECONDS = 1000

_claims: list[Any] = []  # held until the process ends


def claim() -> bool:
    """Claim the database for this process; False if another process without Redis has it."""
    if settings.REDIS_URL:
        return True
    if connection.vendor == "postgresql":
        server = ServerClaim(connection.get_connection_params())
        _claims.append(server)
        # Start even if the database is down: the site then responds that it is unavailable.
        return server.check() is not False
    return _claim_file(Path(f"{settings.DATABASES['default']['NAME']}.serving"))


def keep() -> None:
    """Check the claim until the process ends; take it again after a loss or an outage.

    If another process has taken it in the meantime, this one stops.
    """
    for server in _claims:
        if isinstance(server, ServerClaim):
            threading.Thread(target=_keep, args=[server], daemon=True).start()


def _keep(server: "ServerClaim") -> None:
    while server.check() is not False:
        time.sleep(settings.CLAIM_CHECK_SECONDS)
    log.critical("another_process_serves_the_database")
    os.kill(os.getpid(), signal.SIGTERM)


class ServerClaim:
    """A claim on a PostgreSQL database: a lock in a transaction that stays open.

    PgBouncer would pass a session's lock on to the connection's next user, but it leaves a
    connection to its client as long as a transaction is open. VACUUM doesn't wait for it, because a
    transaction without a snapshot retains no old rows.

    Args:
        parameters: the arguments for `psycopg.connect`.
    """

    def __init__(self, parameters: dict[str, Any]) -> None:
        self.parameters = {**parameters, "autocommit": False}
        self.session: psycopg.Connection[Any] | None = None
        self.backend: tuple[int, datetime] | None = None  # the session's PostgreSQL process

    def check(self) -> bool | None:
        """Keep or take the claim: True if we hold it, False if another does, None if unknown."""
        try:
            if self.session is None:
                return self._take()
            self.session.execute("SELECT 1")
        except psycopg.Error:
            self.close()
            return None
        return True

    def close(self) -> None:
        """Release the claim."""
        if self.session is not None:
            self.session.close()
            self.session = None

    def _take(self) -> bool:
        self.session = session = psycopg.connect(**self.parameters)
        session.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        if self.backend:  # the server may not have noticed yet that our connection was cut
            session.execute(
                "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity"
                " WHERE pid = %s AND backend_start = %s AND pid <> pg_backend_pid()",
                [OLD_SESSION_ENDS_MILLISECONDS, *self.backend],
            )
        row = session.execute(
            "SELECT pg_try_advisory_xact_lock(%s), pid, backend_start"
            " FROM pg_stat_activity WHERE pid = pg_backend_pid()",
            [LOCK_KEY],
        ).fetchone()
        if not row or not row[0]:
            self.close()
            return False
        self.backend = row[1], row[2]
        return True


def _claim_file(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    _claims.append(descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
