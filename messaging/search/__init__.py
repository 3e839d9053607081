"""Searching one's conversations: one interface, and what each database does best beneath it.

A conversation is found when each word is in something said there, in the product's title, or
in the shop's or the shopper's name. Neither case nor accents count, and the last word may be the
beginning of one, because people look while they type. Removed messages are not searched.
"""

import unicodedata

from django.db import connection

from messaging.access import Scope
from trato.pagination import Cursor

from . import postgresql, sqlite

MAX_WORDS = 8  # more would only slow the database down


def conversations_with(
    scope: Scope, text: str, before: Cursor | None, size: int, *, unread_only: bool = False
) -> tuple[list[Cursor], Cursor | None]:
    """A person's newest conversations with all words of a text, in the order of the inbox.

    Args:
        scope: whose conversations.
        text: whatever a person typed.
        before: None, or the cursor that the last call returned, to go on from there.
        size: how many at most.
        unread_only: only those that the badge counts.

    Returns:
        Their cursors, and the cursor to go on from: None once everything was looked through. There
        can be more to look through although fewer than `size` were found.
    """
    # No database takes NUL or half a surrogate pair.
    text = text.encode(errors="ignore").decode().replace("\0", " ")
    words = unicodedata.normalize("NFC", text).split()[:MAX_WORDS]
    if connection.vendor == "postgresql":
        return postgresql.conversations_with(scope, words, before, size, unread_only)
    return sqlite.conversations_with(scope, words, before, size, unread_only)
