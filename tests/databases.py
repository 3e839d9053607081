"""The URL of a test's database, for servers and other processes."""

from django.db import connection


def own_database() -> str:
    """Return the URL of the test's database, for `DATABASE_URL`."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    return f"postgres://{values['USER']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"
