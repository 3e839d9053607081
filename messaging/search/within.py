"""Search one conversation, newest first, in pages by sequence.

A message matches if all words are in it. On PostgreSQL, the index finds rare words; common ones are
searched in the newest messages, since many of them match. If that stops early, the result has the
sequence to continue from, so that the work of one call is bounded whatever the words are. On
SQLite, the full-text table finds both.
"""

import json
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from messaging.models import NOT_HIDDEN, Conversation, Message, shown_sql

from . import postgresql, sqlite, words_of

LOOKED_THROUGH = 2_000  # messages searched for common words in one call, at most
MESSAGE = Message._meta.db_table
SHOWN = shown_sql(MESSAGE)

# OFFSET 0: the planner overestimates words that it has no statistics for, and would read the whole
# conversation.
BY_INDEX = f"""
SELECT id, sequence FROM (
    SELECT id, conversation_id, sequence FROM {MESSAGE}
    WHERE trato_words(body) @@ %s AND {SHOWN} OFFSET 0
) hit
WHERE conversation_id = %s AND sequence < %s ORDER BY sequence DESC LIMIT %s
"""  # noqa: S608 - constants
# OFFSET 0 keeps the order and the index by sequence, so that reading ends with the last result.
LOOK_THROUGH = f"""
SELECT id, sequence FROM (
    SELECT id, sequence, body FROM {MESSAGE}
    WHERE conversation_id = %s AND sequence < %s AND sequence >= %s AND {SHOWN}
    ORDER BY sequence DESC OFFSET 0
) newest
WHERE {{letters}} AND trato_words(body) @@ %s
ORDER BY sequence DESC LIMIT %s
"""  # noqa: S608 - constants
LETTERS = "strpos(trato_folded(body), %s) > 0"
ESTIMATE = f"EXPLAIN (FORMAT JSON) SELECT 1 FROM {MESSAGE} WHERE trato_words(body) @@ %s"  # noqa: S608
END = 2**31 - 1  # beyond every sequence


def messages_with(
    conversation: Conversation, text: str, before: int | None, size: int
) -> tuple[list[Message], int | None]:
    """Return the newest messages of a conversation with all words of a text.

    Args:
        conversation: from `access`.
        text: whatever a person typed.
        before: the sequence that the last call returned, to continue from there, or None.
        size: the maximum number of messages.

    Returns:
        Messages, newest first, and the sequence to continue before: None if everything has been
        searched. There may be more to search even if fewer than `size` were found.
    """
    find = _on_postgresql if connection.vendor == "postgresql" else _on_sqlite
    keys, rest = find(conversation, words_of(text), before or END, size)
    rows = Message.objects.select_related("sender").filter(pk__in=keys, **NOT_HIDDEN)
    messages = list(rows.order_by("-sequence")) if keys else []
    for message in messages:
        message.conversation = conversation
    return messages, rest


Keys = tuple[list[int], int | None]


def _on_sqlite(conversation: Conversation, typed: list[str], before: int, size: int) -> Keys:
    words = [word for word in typed if any(map(str.isalnum, word))]
    if not words:
        return [], None
    phrases = " ".join(sqlite.phrase_of(word, is_last=word is words[-1]) for word in words)
    rows = conversation.messages.filter(sequence__lt=before, **NOT_HIDDEN)
    matching = rows.filter(pk__in=RawSQL(sqlite.SAID_IN, [phrases]))  # noqa: S611 - a constant
    pairs = list(matching.order_by("-sequence").values_list("pk", "sequence")[: size + 1])
    return _page(pairs, size, None)


def _on_postgresql(conversation: Conversation, typed: list[str], before: int, size: int) -> Keys:
    words = postgresql.parsed(typed)
    if not words:
        return [], None
    query = " & ".join(f"({word.query})" for word in words)
    with connection.cursor() as cursor:
        if _estimate(cursor, query) <= postgresql.RARE:
            cursor.execute(BY_INDEX, [query, conversation.pk, before, size + 1])
            return _page(cursor.fetchall(), size, None)
        letters = " AND ".join([LETTERS] * len(words))
        lowest = min(before, conversation.last_sequence + 1) - LOOKED_THROUGH
        cursor.execute(
            LOOK_THROUGH.format(letters=letters),
            [
                *(conversation.pk, before, lowest),
                *(word.letters for word in words),
                *(query, size + 1),
            ],
        )
        return _page(cursor.fetchall(), size, lowest if lowest > 1 else None)


def _page(pairs: list[tuple[int, int]], size: int, rest: int | None) -> Keys:
    """Return the keys of a page, and where to continue: after it, or after what was read."""
    if len(pairs) > size:
        rest = pairs[size - 1][1]
    return [pk for pk, _ in pairs[:size]], rest


def _estimate(cursor: Any, query: str) -> int:
    """Return the planner's estimate of how many messages in the whole table have the words."""
    cursor.execute(ESTIMATE, [query])
    (plan,) = cursor.fetchone()
    rows: int = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"]
    return rows
