"""Short digests of tables, to see whether an action has changed anything."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Model


def digests(models: Iterable[type[Model]]) -> dict[str, str]:
    """Return a digest of each model's rows, by its label; on PostgreSQL by a single statement."""
    tables = {
        model._meta.label: connection.ops.quote_name(model._meta.db_table) for model in models
    }
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            each = "SELECT '{}', md5(array_agg(row::text ORDER BY row::text)::text) FROM {} row"
            cursor.execute(" UNION ALL ".join(each.format(*table) for table in tables.items()))
            return dict(cursor.fetchall())
        rows = {}
        for label, table in tables.items():
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608
            rows[label] = repr(cursor.fetchall())
        return rows
