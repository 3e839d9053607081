"""The database that a test itself uses, as servers and other processes are told of it."""

from django.db import connection


def own_database() -> str:
    """Its address, for `DATABASE_URL`."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    return f"postgres://{values['USER']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"
