"""Wait until a statement waits for a lock of PostgreSQL."""

from django.db import connection


def wait_until_somebody_waits_for_a_lock() -> None:
    """Return as soon as a statement waits for a lock that another transaction holds."""
    with connection.cursor() as cursor:
        for _ in range(6_000):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.005)")
    raise AssertionError("nobody came to wait")
