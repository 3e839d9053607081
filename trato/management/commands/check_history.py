"""`manage.py check_history`: check that these migrations made the database, not older ones."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Fail if the database has applied migrations that no longer exist."

    def handle(self, *args: Any, **options: Any) -> None:
        loader = MigrationLoader(connection)
        unknown = [
            f"{app}.{name}"
            for app, name in sorted(loader.applied_migrations)
            if app in loader.migrated_apps and (app, name) not in loader.disk_migrations
        ]
        if unknown:
            raise CommandError(
                "This database was made by an older version of Trato, which cannot be brought up "
                f"to date (it went through {unknown[0]}). To start again with a new demo shop, run "
                "`make clean` and then `make run`."
            )
