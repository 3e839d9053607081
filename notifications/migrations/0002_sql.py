"""Room on PostgreSQL's pages: a new version of a row fits beside the old one, see `News`."""

from django.db import migrations


def make(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE notifications_news SET (fillfactor = 80)")


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
