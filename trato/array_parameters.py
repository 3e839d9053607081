"""Pass many values as one parameter of a statement.

A statement with five hundred placeholders takes longer to compile and parse than to execute.
"""

import json
from collections.abc import Iterable

from django.db import connection
from django.db.models.expressions import RawSQL


def listed(values: Iterable[int] | Iterable[str], *, of: type[int] | type[str] = int) -> RawSQL:
    """Wrap values for a lookup such as `filter(pk__in=listed(keys))`.

    Args:
        of: the type of the values. PostgreSQL stores no NUL, so no text may contain one.
    """
    if connection.vendor != "postgresql":
        return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(values))])
    if of is str:
        return RawSQL("SELECT unnest(%s::text[])", [list(values)])
    return RawSQL("SELECT unnest(%s::bigint[])", ["{" + ",".join(map(str, values)) + "}"])
