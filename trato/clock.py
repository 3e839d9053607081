"""The one clock by which times that are compared with each other are taken."""

from datetime import datetime

from django.db import connection
from django.utils import timezone


def database_now() -> datetime:
    """What the database's clock says at this moment.

    Statements take their times from it too. The clocks of several servers differ: a message by
    another server's would be older than the one it answers. SQLite has no clock but the server's.
    """
    if connection.vendor == "sqlite":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")  # now() stands still within a transaction
        now: datetime = cursor.fetchone()[0]
    return now
