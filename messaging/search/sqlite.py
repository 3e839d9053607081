"""Search on SQLite: messages with FTS5, titles and names with regular expressions.

The table `messaging_words` is filled with folded words by triggers, see migration 0002.
"""

from django.db.models import Q
from django.db.models.expressions import RawSQL

from messaging.access import Scope
from messaging.host import host
from messaging.inbox_order import upcoming
from messaging.models import Conversation
from trato.pagination import Cursor, PageRequest
from trato.people import name_column_of
from trato.text import folded, word_pattern

SAID = (
    "SELECT m.conversation_id FROM messaging_words w JOIN messaging_message m ON m.id = w.rowid "
    "WHERE messaging_words MATCH %s AND m.removed_at IS NULL"
)


def conversations_with(
    scope: Scope, words: list[str], before: Cursor | None, size: int, unread_only: bool
) -> tuple[list[Cursor], Cursor | None]:
    """See `search.conversations_with`."""
    words = [word for word in words if any(map(str.isalnum, word))]
    if not words:
        return [], None
    matching = Conversation.objects.all()
    for word in words:
        is_last = word is words[-1]
        pattern = rf"\b{word_pattern(word)}" + ("" if is_last else r"\b")
        phrase = '"{}"{}'.format(folded(word).replace('"', " "), "*" if is_last else "")
        matching = matching.filter(
            Q(pk__in=RawSQL(SAID, [phrase]))  # noqa: S611 - a constant
            | Q(product_title__regex=pattern)
            | Q((f"shop__{host.shop_name_field}__regex", pattern))
            | Q((f"{name_column_of('consumer')}__regex", pattern))
        )
    keys = upcoming(scope, PageRequest(before), size + 1, unread_only=unread_only, among=matching)
    cursors = [Cursor(at, pk) for pk, at in keys]
    return cursors[:size], cursors[size - 1] if len(cursors) > size else None
