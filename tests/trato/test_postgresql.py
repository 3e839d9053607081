"""Our backend for PostgreSQL: what a restart of the database leaves in the pool."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.databases import own_database
from trato.postgresql.base import DatabaseWrapper

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="it is PostgreSQL's"),
]
SIZE = 4  # connections in the pool


@pytest.fixture
def wrappers() -> Iterator[list[Any]]:
    """As many Django connections, for as many threads, as the pool has."""
    pool = {"min_size": SIZE, "max_size": SIZE, "timeout": 3}
    options = {"OPTIONS": {**connection.settings_dict["OPTIONS"], "pool": pool}}
    all_of_them = [
        DatabaseWrapper({**connection.settings_dict, **options}, alias="pooled")
        for _ in range(SIZE)
    ]
    yield all_of_them
    for one in all_of_them:
        one.close()
    all_of_them[0].close_pool()


def test_one_broken_connection_replaces_all_of_the_pool(wrappers: list[Any]) -> None:
    for one in wrappers:
        one.ensure_connection()
    broken = [one.connection.info.backend_pid for one in wrappers]
    for one in wrappers:
        one.close()
    with psycopg.connect(own_database(), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid, 10000) FROM unnest(%s) AS pid", [broken])
    for one in wrappers:  # the pool's own check gives up at the third broken one
        one.ensure_connection()
        assert one.connection.info.backend_pid not in broken
