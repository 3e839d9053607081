"""SQLite refuses deletions from the audit trail too; PostgreSQL's trigger of 0003 does so already."""

from django.db import migrations

MAKE = (
    "CREATE TRIGGER audit_undeletable BEFORE DELETE ON accounts_auditentry "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END"
)
UNMAKE = "DROP TRIGGER audit_undeletable"


def make(apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute(MAKE)


def unmake(apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute(UNMAKE)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_append_only_audit")]
    operations = [migrations.RunPython(make, unmake)]
