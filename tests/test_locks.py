"""Tests of how tests wait for locks: suites share a server, and each sees only its own waits."""

import threading

import psycopg
import pytest
from django.db import connection

from tests.databases import own_database
from tests.locks import WAITING
from tests.patience import PATIENCE

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


@pytest.mark.parametrize("is_own", [True, False])
def test_only_waits_in_the_own_database_count(is_own: bool) -> None:
    address = own_database() if is_own else own_database().rpartition("/")[0] + "/postgres"
    lock = "SELECT pg_advisory_lock(1)"
    with (
        psycopg.connect(own_database(), autocommit=True) as watching,
        psycopg.connect(address) as holding,
        psycopg.connect(address) as second,
    ):
        holding.execute(lock)
        waiter = threading.Thread(target=second.execute, args=(lock,))
        waiter.start()
        waits = "SELECT FROM pg_locks WHERE NOT granted AND pid = %s"
        while not watching.execute(waits, [second.info.backend_pid]).rowcount:
            waiter.join(0.005)
        assert bool(watching.execute(WAITING).rowcount) == is_own
        holding.execute("SELECT pg_advisory_unlock(1)")
        waiter.join(PATIENCE)
