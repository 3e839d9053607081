"""Look words up on PostgreSQL, in the search's index, which has whole words (migration 0002).

As in the search, the planner's statistics tell how common a word is.
"""

import json

from django.db import connection

from messaging.models import Conversation, Message, shown_sql

RARE = 1_500  # messages of all shops with the looked-up words, in total
HITS = 200  # messages of the shop

# MATERIALIZED, or a LIMIT would make the planner read the table backwards.
FIND = """
WITH hit AS MATERIALIZED (
    SELECT id, conversation_id, side FROM {message}
    WHERE trato_words(body) @@ %s::tsquery AND {shown}
)
SELECT hit.id FROM hit JOIN {conversation} c ON c.id = hit.conversation_id
WHERE c.shop_id = %s AND hit.side = 'consumer'
ORDER BY hit.id DESC LIMIT {limit}
"""
ESTIMATE = "ARRAY(SELECT 1 FROM {message} WHERE trato_words(body) @@ %s::tsquery)"


def hits(shop_id: int, groups: list[list[str]]) -> list[int]:
    """Return the IDs of a shop's newest questions that have rare words.

    Args:
        groups: beginnings of words. Within a group, all mean the same.
    """
    queries = [" | ".join(map(_prefix, group)) for group in groups]
    rare: list[str] = []
    total = 0
    for rows, query in sorted(zip(_estimates(queries), queries, strict=True)):
        total += rows
        if rare and total > RARE:
            break
        if rows <= RARE:
            rare.append(query)
    if not rare:
        return []
    sql = FIND.format(**_names(), limit=HITS)
    with connection.cursor() as cursor:
        cursor.execute(sql, [" | ".join(rare), shop_id])
        return [pk for (pk,) in cursor]


def _estimates(queries: list[str]) -> list[int]:
    each = ", ".join([ESTIMATE.format(**_names())] * len(queries))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) SELECT {each}", queries)
        (plan,) = cursor.fetchone()
    top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return [part["Plan Rows"] for part in top["Plans"]]


def _prefix(stem: str) -> str:
    """Return a stem, which has only letters, as a tsquery."""
    return f"'{stem}'" if len(stem) < 3 else f"'{stem}':*"


def _names() -> dict[str, str]:
    models = {"message": Message, "conversation": Conversation}
    names = {
        name: connection.ops.quote_name(model._meta.db_table) for name, model in models.items()
    }
    return names | {"shown": shown_sql(names["message"])}
