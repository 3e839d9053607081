"""The audit trail's triggers, which get in the way of emptying the tables after a test."""

import importlib

from django.db import connection

MIGRATION = importlib.import_module("trato.audit.migrations.0002_append_only")
TRIGGERS: dict[str, str] = MIGRATION.MAKE[connection.vendor]
FOR_ALL_ROWS = "audit_undeletable" if connection.vendor == "sqlite" else "audit_untruncatable"
AUDITED = "" if connection.vendor == "sqlite" else " ON audit_auditentry"


def let_the_audit_trail_be_emptied() -> None:
    """Drop the trigger that refuses to let a table be emptied on this database."""
    drop(FOR_ALL_ROWS)


def drop(*names: str) -> None:
    """Drop triggers, as the database's owner could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and connection.in_atomic_block:
            # Otherwise the checks of foreign keys, which wait for the commit, would prevent it.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{AUDITED}")


def create(*names: str) -> None:
    """Create triggers again."""
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(TRIGGERS[name])
