from importlib import import_module

from django.db import migrations, models


def restore_triggers(apps, editor):
    """Give SQLite's new table the triggers of the search."""
    if editor.connection.vendor == "sqlite":
        for name, rest in import_module("messaging.migrations.0002_sql").TRIGGERS.items():
            editor.execute(f"CREATE TRIGGER {name} {rest}")


class Migration(migrations.Migration):
    dependencies = [("messaging", "0003_team")]

    operations = [
        # The other way, SQLite copies the table after this.
        migrations.RunPython(migrations.RunPython.noop, restore_triggers),
        migrations.AddField(
            model_name="message",
            name="is_automatic",
            field=models.BooleanField(db_default=False, default=False, verbose_name="automatic"),
        ),
        # To add a column, SQLite copies the table and loses its triggers.
        migrations.RunPython(restore_triggers, migrations.RunPython.noop),
    ]
