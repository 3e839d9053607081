"""Many values as one parameter of a statement.

A statement with a placeholder for each of five hundred values takes longer to write and to parse
than to answer.
"""

import json
from collections.abc import Iterable

from django.db import connection
from django.db.models.expressions import RawSQL


def listed(values: Iterable[int] | Iterable[str], *, of: type[int] | type[str] = int) -> RawSQL:
    """Values for a lookup such as `filter(pk__in=listed(keys))`.

    Args:
        of: the type of the values. PostgreSQL stores no NUL, so no text may contain one.
    """
    if connection.vendor != "postgresql":
        return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(values))])
    if of is str:
        return RawSQL("SELECT unnest(%s::text[])", [list(values)])
    return RawSQL("SELECT unnest(%s::bigint[])", ["{" + ",".join(map(str, values)) + "}"])
