"""Leave room on PostgreSQL's pages, so that a new version of a row fits beside it: see `News`."""

from django.db import migrations


def make(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE notifications_news SET (fillfactor = 80)")


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
