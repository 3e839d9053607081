"""`manage.py check_history`: check that these migrations, not older ones, made the database."""

from typing import Any

from django.apps import apps
from django.core.management import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Fail if the database has applied migrations that no longer exist, or were other ones."

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        loader = executor.loader
        unknown = [
            f"it went through {app}.{name}"
            for app, name in sorted(loader.applied_migrations)
            if app in loader.migrated_apps and (app, name) not in loader.disk_migrations
        ]
        # Before the first release, a migration may be rewritten under the same name.
        if not unknown and not executor.migration_plan(loader.graph.leaf_nodes()):
            unknown = _missing_columns()
        if unknown:
            raise CommandError(
                "This database was made by an older version of Trato, which cannot be brought up "
                f"to date ({unknown[0]}). To start again with a new demo shop, run "
                "`make clean` and then `make run`."
            )


def _missing_columns() -> list[str]:
    missing = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            rows = connection.introspection.get_table_description(cursor, table)
            columns = {row.name for row in rows}
            missing += [
                f"{table} has no {field.column}"
                for field in model._meta.local_concrete_fields
                if field.column not in columns
            ]
    return missing
