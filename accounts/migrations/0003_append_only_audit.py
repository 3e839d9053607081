"""The audit trail refuses changes in the database too, whoever makes them."""

from django.db import migrations

MAKE = {
    "sqlite": [
        "CREATE TRIGGER audit_append_only BEFORE UPDATE ON accounts_auditentry "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit trail is only ever added to'; END $$",
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON accounts_auditentry "
        "FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
    ],
}
UNMAKE = {
    "sqlite": ["DROP TRIGGER audit_append_only"],
    "postgresql": [
        "DROP TRIGGER audit_append_only ON accounts_auditentry",
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
    dependencies = [("accounts", "0002_suspend_permission")]
    operations = [migrations.RunPython(make, unmake)]
