"""The audit trail refuses changes in the database too, no matter who makes them."""

from django.db import migrations

WORDS = "the audit trail is only ever added to"
MAKE = {
    "sqlite": [
        "CREATE TRIGGER audit_append_only BEFORE UPDATE ON audit_auditentry "
        f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
        "CREATE TRIGGER audit_undeletable BEFORE DELETE ON audit_auditentry "
        f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$",
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_auditentry "
        "FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
    ],
}
UNMAKE = {
    "sqlite": ["DROP TRIGGER audit_append_only", "DROP TRIGGER audit_undeletable"],
    "postgresql": [
        "DROP TRIGGER audit_append_only ON audit_auditentry",
        "DROP FUNCTION audit_append_only()",
    ],
}


def make(apps, editor):
    for statement in MAKE.get(editor.connection.vendor, []):
        editor.execute(statement)


def unmake(apps, editor):
    for statement in UNMAKE.get(editor.connection.vendor, []):
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(make, unmake)]
