"""Search on SQLite: messages with FTS5, titles and names with regular expressions.

Triggers fill the tables `messaging_words` and `messaging_note_words` with folded words, see
migrations 0002 and 0003.
"""

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from messaging.access import Scope
from messaging.host import host
from messaging.inbox_order import upcoming
from messaging.models import Conversation, shown_sql
from trato.pagination import Cursor, PageRequest
from trato.people import name_column_of
from trato.text import folded, word_pattern

SAID = """
SELECT m.conversation_id FROM messaging_words w JOIN messaging_message m ON m.id = w.rowid
WHERE messaging_words MATCH %s AND {shown}
""".format(shown=shown_sql("m"))

SAID_IN = "SELECT rowid FROM messaging_words WHERE messaging_words MATCH %s"

NOTED = (
    "SELECT n.conversation_id FROM messaging_note_words w JOIN messaging_note n ON n.id = w.rowid "
    "WHERE messaging_note_words MATCH %s"
)


def conversations_with(
    scope: Scope, words: list[str], before: Cursor | None, size: int, unread_only: bool
) -> tuple[list[Cursor], Cursor | None]:
    """See `search.conversations_with`."""
    words = [word for word in words if any(map(str.isalnum, word))]
    if not words:
        return [], None
    matching, is_mine = Conversation.objects.all(), Q(consumer=scope.user_id)
    for word in words:
        is_last = word is words[-1]
        pattern = rf"\b{word_pattern(word)}" + ("" if is_last else r"\b")
        phrase = phrase_of(word, is_last=is_last)
        in_notes = Q(pk__in=())
        if scope.shop_ids:
            of_team = Q(shop__in=scope.shop_ids) & ~is_mine
            in_notes = of_team & Q(pk__in=RawSQL(NOTED, [phrase]))  # noqa: S611 - a constant
        matching = matching.filter(
            Q(pk__in=RawSQL(SAID, [phrase]))  # noqa: S611 - a constant
            | in_notes
            | Q(product_title__regex=pattern)
            | is_mine & Q((f"shop__{host.shop_name_field}__regex", pattern))
            | ~is_mine & Q((f"{name_column_of('consumer')}__regex", pattern))
        )
    keys = upcoming(scope, PageRequest(before), size + 1, unread_only=unread_only, among=matching)
    cursors = [Cursor(at, pk) for pk, at in keys]
    return cursors[:size], cursors[size - 1] if len(cursors) > size else None


def phrase_of(word: str, *, is_last: bool) -> str:
    """Return a word for FTS5; the last one may be incomplete."""
    return '"{}"{}'.format(folded(word).replace('"', " "), "*" if is_last else "")


def drop_deleted_words() -> None:
    """Rewrite the indexes without the words of deleted and changed rows.

    FTS5 only marks deleted words, until it merges that part of the index. (SQLite 3.42 added the
    option `secure-delete` for this; Debian 12 has 3.40.) Takes about a second for 100,000 messages.
    """
    with connection.cursor() as cursor:
        for table in ("messaging_words", "messaging_note_words"):
            cursor.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")  # noqa: S608
