"""Make the database refuse changes to the audit trail too, no matter who makes them.

Two changes are allowed: an entry gets its place in the chain, once, and an entry's words are erased
together with their salt. On SQLite, Django rebuilds a table to alter it, which drops its triggers: a
migration that alters this one has to create them again.
"""

from django.db import migrations

TABLE = "audit_auditentry"
WORDS = "the audit trail is only ever added to"
PLACE, REASON = ("position", "chain"), ("reason", "salt")
COLUMNS = (
    "id", "actor_id", "verb", "subject", "reason", "created_at", "encoding", "key", "salt",
    "commitment", "seal", "position", "chain",
)  # fmt: skip
IS_LINKED = "OLD.position IS NULL AND NEW.position IS NOT NULL AND NEW.chain IS NOT NULL"
IS_ERASED = "OLD.salt IS NOT NULL AND NEW.salt IS NULL AND NEW.reason = ''"


def same(*changed):
    """Return SQLite's condition that nothing else changed."""
    return " AND ".join(f"NEW.{name} IS OLD.{name}" for name in COLUMNS if name not in changed)


def same_row(*changed):
    """Return PostgreSQL's condition, which also covers columns that are added later."""
    names = f"ARRAY[{', '.join(repr(name) for name in changed)}]"
    return f"to_jsonb(NEW) - {names} = to_jsonb(OLD) - {names}"


# By name, so that tests can drop a trigger and create it again.
MAKE = {
    "sqlite": {
        "audit_append_only": f"CREATE TRIGGER audit_append_only BEFORE UPDATE ON {TABLE} "
        f"WHEN NOT ({IS_LINKED} AND {same(*PLACE)}) AND NOT ({IS_ERASED} AND {same(*REASON)}) "
        f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
        "audit_undeletable": f"CREATE TRIGGER audit_undeletable BEFORE DELETE ON {TABLE} "
        f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
    },
    "postgresql": {
        "function": f"""
            CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'UPDATE' THEN
                    IF {IS_LINKED} AND {same_row(*PLACE)} THEN RETURN NEW; END IF;
                    IF {IS_ERASED} AND {same_row(*REASON)} THEN RETURN NEW; END IF;
                END IF;
                RAISE EXCEPTION '{WORDS}';
            END $$""",
        "audit_append_only": "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE "
        f"ON {TABLE} FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
        "audit_untruncatable": f"CREATE TRIGGER audit_untruncatable BEFORE TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
    },
}
UNMAKE = {
    "sqlite": ["DROP TRIGGER audit_append_only", "DROP TRIGGER audit_undeletable"],
    "postgresql": [
        f"DROP TRIGGER audit_append_only ON {TABLE}",
        f"DROP TRIGGER audit_untruncatable ON {TABLE}",
        "DROP FUNCTION audit_append_only()",
    ],
}


def make(apps, editor):
    for statement in MAKE.get(editor.connection.vendor, {}).values():
        editor.execute(statement)


def unmake(apps, editor):
    for statement in UNMAKE.get(editor.connection.vendor, []):
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(make, unmake)]
