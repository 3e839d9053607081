"""Search a person's conversations: one interface, implemented for each database.

A conversation matches if each word is in one of its messages, in the product's title, or in the
other side's name. (The searcher's own name would match every conversation.) For the shop's team, a
word may also be in an internal note: no statement reads these for people who work for no shop, so
that not even its duration reveals them. Case and accents don't matter. The last word may be
incomplete, because people search while they type. Removed and withdrawn messages are not searched.
"""

import unicodedata

from django.db import connection

from messaging.access import Scope
from trato.pagination import Cursor

from . import postgresql, sqlite

MAX_WORDS = 8  # more would only slow down the database


def conversations_with(
    scope: Scope, text: str, before: Cursor | None, size: int, *, unread_only: bool = False
) -> tuple[list[Cursor], Cursor | None]:
    """Return a person's newest conversations with all words of a text, in inbox order.

    Args:
        scope: whose conversations.
        text: whatever a person typed.
        before: the cursor that the last call returned, to continue from there, or None.
        size: the maximum number of conversations.
        unread_only: whether to return only conversations that the badge counts.

    Returns:
        Their cursors, and the cursor to continue from: None if everything has been searched. There
        may be more to search even if fewer than `size` were found.
    """
    words = words_of(text)
    if connection.vendor == "postgresql":
        return postgresql.conversations_with(scope, words, before, size, unread_only)
    return sqlite.conversations_with(scope, words, before, size, unread_only)


def words_of(text: str) -> list[str]:
    """Return the words to search for in a text that somebody typed."""
    # No database accepts NUL or half a surrogate pair.
    text = text.encode(errors="ignore").decode().replace("\0", " ")
    return unicodedata.normalize("NFC", text).split()[:MAX_WORDS]


def drop_deleted_words() -> None:
    """Remove words that no row contains any more from the index."""
    if connection.vendor == "sqlite":
        sqlite.drop_deleted_words()
