"""Empty the tables after a test that commits.

Django truncates all tables and then creates content types, permissions and groups again, which
takes longer than most tests. Almost all tables are empty, and few tests change those rows. So this
keeps them, and empties the other tables with DELETE. If a test did change those rows, Django's
method is used.

Replaces `TransactionTestCase._fixture_teardown`, a private name of Django's; tested with 5.2.
"""

import time
from typing import Any

from django.db import OperationalError, connection, transaction
from django.test import TransactionTestCase
from psycopg.errors import LockNotAvailable

from tests.patience import PATIENCE

# Created by migrations; in the order in which they refer to each other.
KEPT = (
    "django_content_type", "auth_permission", "auth_group", "auth_group_permissions",
    "messaging_shieldrule",
)  # fmt: skip
APPEND_ONLY = "audit_auditentry"  # a trigger refuses DELETE; see also `tests.audit_triggers`

_case: Any = TransactionTestCase  # the stubs omit private names
_flush = _case._fixture_teardown
_kept: list[list[tuple[Any, ...]]] = []
_statements: list[str] = []


def install() -> None:
    """Use this for all transactional tests. Call it when the database is freshly migrated."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [connection.ops.quote_name(name) for name in sorted(names) if name not in KEPT]
    _statements[:] = [f"DELETE FROM {table}" for table in tables]  # noqa: S608
    if connection.vendor == "postgresql":
        # Without waiting, so that it can't deadlock with a server's transaction, which may lock a
        # row first and another table later.
        _statements.insert(0, f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE NOWAIT")
        _statements.insert(
            1,
            f"DO $$ BEGIN IF EXISTS (SELECT FROM {APPEND_ONLY})"
            f" THEN TRUNCATE {APPEND_ONLY}; END IF; END $$",
        )
    _kept[:] = _rows()
    _case._fixture_teardown = _empty


def _empty(test: TransactionTestCase) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _emptied():
        assert time.monotonic() < deadline, "Somebody keeps writing to the test database."
        time.sleep(0.05)
    if _rows() != _kept:
        _flush(test)
        _kept[:] = _rows()


def _emptied() -> bool:
    """Empty the tables, unless somebody is writing to one of them."""
    try:
        with transaction.atomic(), connection.cursor() as cursor, connection.wrap_database_errors:
            # PostgreSQL takes them at once; SQLite one by one, for which Django's cursor is slow.
            at_once = connection.vendor == "postgresql"
            for statement in ["; ".join(_statements)] if at_once else _statements:
                cursor.cursor.execute(statement)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            return False
        raise
    return True


def _rows() -> list[list[tuple[Any, ...]]]:
    with connection.cursor() as cursor:
        rows = []
        for table in KEPT:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608
            rows.append(cursor.fetchall())
        return rows
