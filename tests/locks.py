"""Wait until a statement waits for a PostgreSQL lock."""

import psycopg

from tests.databases import own_database

# Only in this database: suites share a server, and each has statements that wait.
WAITING = (
    "SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE NOT granted AND datname = current_database()"
)


def wait_until_somebody_waits_for_a_lock() -> None:
    """Return as soon as a statement waits for a lock that another transaction holds."""
    # A separate connection: within a transaction, PostgreSQL would list the same processes again.
    with psycopg.connect(own_database(), autocommit=True) as watching:
        for _ in range(6_000):
            if watching.execute(WAITING).rowcount:
                return
            watching.execute("SELECT pg_sleep(0.005)")
    raise AssertionError("nobody came to wait")
