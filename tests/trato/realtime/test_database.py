"""Connections of the sockets' and requests' threads that return to the pool."""

import asyncio
import time

import psycopg
import pytest
from django.db import DataError, InternalError, connection

from accounts.models import User
from tests.databases import own_database
from tests.patience import PATIENCE
from trato.realtime.database import run_in_database_thread

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


def use(user: User, name: str, *, only_reads: bool) -> int:
    """Try to write; return the ID of the server process behind the connection."""
    with connection.cursor() as cursor:
        # This happens after a failover, if the old server continues as a replica.
        cursor.execute(f"SET default_transaction_read_only = {'on' if only_reads else 'off'}")
        cursor.execute("SELECT pg_backend_pid()")
        process: int = cursor.fetchone()[0]
    with pytest.raises(InternalError if only_reads else DataError):
        User.objects.filter(pk=user.pk).update(name=name)
    return process


def is_open(process: int) -> bool:
    with psycopg.connect(own_database()) as other:
        rows = other.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [process])
        return rows.rowcount > 0


def test_a_connection_that_only_reads_is_closed(shopper: User) -> None:
    process = asyncio.run(run_in_database_thread(use, shopper, "Marta", only_reads=True))
    deadline = time.monotonic() + PATIENCE
    while is_open(process):
        assert time.monotonic() < deadline


def test_a_connection_that_refused_a_value_goes_on(shopper: User) -> None:
    process = asyncio.run(run_in_database_thread(use, shopper, "x" * 61, only_reads=False))
    assert is_open(process)
