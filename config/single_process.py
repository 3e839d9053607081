"""Without Redis, only one process may serve a database: others would miss its messages."""

import contextlib
import fcntl
import os
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

LOCK_KEY = 0x747261746F  # "trato", among the advisory locks of the database

_claims: list[Any] = []  # held until the process ends


def claim() -> bool:
    """Claim the database for this process; False if another process without Redis has it."""
    if settings.REDIS_URL:
        return True
    if connection.vendor == "postgresql":
        return _claim_on_server()
    return _claim_file(Path(f"{settings.DATABASES['default']['NAME']}.serving"))


def _claim_on_server() -> bool:
    parameters = connection.get_connection_params()
    # A database that is away is no reason not to start: the site says that it is unavailable.
    with contextlib.suppress(psycopg.OperationalError):
        session = psycopg.connect(**{**parameters, "autocommit": True})
        _claims.append(session)
        row = session.execute("SELECT pg_try_advisory_lock(%s)", [LOCK_KEY]).fetchone()
        return bool(row and row[0])
    return True


def _claim_file(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    _claims.append(descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
