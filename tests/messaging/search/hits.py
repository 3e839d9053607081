"""The results of a person's search."""

from typing import Any

from accounts.models import User
from messaging.inbox import queries
from trato.pagination import PageRequest


def hits(person: User, text: str, **options: Any) -> list[int]:
    """Return the IDs of the conversations that a search finds, on all of its pages."""
    page = queries.conversation_list(person, words=text, **options)
    ids = [row.pk for row in page.rows]
    while page.older:
        start = PageRequest(page.older)
        page = queries.conversation_list(person, start, words=text, **options)
        ids += [row.pk for row in page.rows]
    return ids
