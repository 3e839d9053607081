"""The clock for times that are compared with each other."""

from datetime import datetime

from django.db import connection
from django.utils import timezone


def database_now() -> datetime:
    """Return the current time by the database's clock, which statements use too.

    Servers' clocks differ: by them, a reply could be older than the message that it answers. SQLite
    uses the server's clock.
    """
    if connection.vendor == "sqlite":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")  # now() doesn't advance within a transaction
        now: datetime = cursor.fetchone()[0]
    return now
