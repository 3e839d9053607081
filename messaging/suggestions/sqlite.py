"""Look words up on SQLite, in the search's table, which has whole words (migration 0002)."""

from django.db import connection

from messaging.models import Conversation, Message, shown_sql

LOOKED_AT = 1_000  # newest messages of all shops with a word
HITS = 60  # messages of the shop for each word

FIND = """
SELECT m.id FROM (
    SELECT rowid FROM messaging_words WHERE messaging_words MATCH %s
    ORDER BY rowid DESC LIMIT {looked_at}
) w
JOIN {message} m ON m.id = w.rowid
JOIN {conversation} c ON c.id = m.conversation_id
WHERE c.shop_id = %s AND m.side = 'consumer' AND {shown}
LIMIT {limit}
"""


def hits(shop_id: int, groups: list[list[str]]) -> set[int]:
    """Return the IDs of a shop's newest questions with each of the words, see `postgresql`."""
    sql = FIND.format(
        message=connection.ops.quote_name(Message._meta.db_table),
        conversation=connection.ops.quote_name(Conversation._meta.db_table),
        looked_at=LOOKED_AT,
        shown=shown_sql("m"),
        limit=HITS,
    )
    ids: set[int] = set()
    with connection.cursor() as cursor:
        for group in groups:
            cursor.execute(sql, [" OR ".join(map(_prefix, group)), shop_id])
            ids.update(pk for (pk,) in cursor.fetchall())
    return ids


def _prefix(stem: str) -> str:
    """Return a stem, which has only letters, as an FTS5 query."""
    return f'"{stem}"' if len(stem) < 3 else f'"{stem}"*'
