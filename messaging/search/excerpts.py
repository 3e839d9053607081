"""Search excerpts: the sentence with the words, and where it is."""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from messaging.models import NOT_HIDDEN, Conversation, Message, Note, Side
from trato.array_parameters import listed
from trato.text import word_pattern

SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
NEWEST = 1000  # messages of a conversation to look through, at most
SHOWN_BEFORE = 40  # characters to show before the first word, if the sentence is too long
SHOWN = 140  # characters of a sentence to show


Matches = dict[int, Message | Note]  # by conversation


class Part(NamedTuple):
    """A piece of a sentence; `is_match` if it is what was searched for."""

    text: str
    is_match: bool


def matches(conversations: Collection[Conversation], words: list[str], user_id: int) -> Matches:
    """Return what to show of each conversation: the newest message or note with the words.

    A text with all words comes before a text with only some of them. Notes are only for the shop's
    team. Leaves out conversations that have the words only in names and titles. Makes at most two
    queries.
    """
    if not words:
        return {}
    said = Message.objects.filter(**NOT_HIDDEN).select_related("sender")
    recent = Q(sequence__gt=OuterRef("last_sequence") - NEWEST)
    ids = [row.pk for row in conversations]
    shown: Matches = dict(_newest(said, recent, "-sequence", ids, words))
    of_team = [row.pk for row in conversations if row.side_of(user_id) is Side.SELLER]
    before = Message.objects.filter(
        conversation=OuterRef("conversation"), created_at__lte=OuterRef("created_at")
    )
    notes = Note.objects.select_related("author").annotate(
        sequence_before=Subquery(before.order_by("-sequence").values("sequence")[:1])
    )
    for pk, note in _newest(notes, Q(), "-number", of_team, words):
        message = shown.get(pk)
        if message is None or _rank(note, words) > _rank(message, words):
            shown[pk] = note
    return shown


def _newest(
    rows: QuerySet[Any], recent: Q, order: str, conversation_ids: list[int], words: list[str]
) -> list[tuple[int, Any]]:
    """Return each conversation's newest row with all words, or else with any of them."""
    if not conversation_ids:
        return []
    start = r"\m" if connection.vendor == "postgresql" else r"\b"
    patterns = [start + word_pattern(word) for word in words]
    with_any = rows.filter(recent, conversation=OuterRef("pk"), body__regex="|".join(patterns))
    with_all = with_any
    for pattern in patterns:
        with_all = with_all.filter(body__regex=pattern)
    choices = [with_any] if len(words) == 1 else [with_all, with_any]
    newest = [Subquery(choice.order_by(order).values("pk")[:1]) for choice in choices]
    chosen = Conversation.objects.filter(pk__in=listed(conversation_ids)).values_list(
        Coalesce(*newest) if len(newest) > 1 else newest[0]
    )
    return [(row.conversation_id, row) for row in rows.filter(pk__in=chosen)]


def _rank(row: Message | Note, words: list[str]) -> tuple[bool, datetime]:
    has_all = all(re.search(rf"\b{word_pattern(word)}", row.body) for word in words)
    return has_all, row.created_at


def sentence(body: str, words: list[str]) -> list[Part]:
    """Return the first sentence with one of the words, shortened, in pieces."""
    pattern = _any_of(words)
    sentences = SENTENCE_END.split(body)
    text = next((one for one in sentences if pattern.search(one)), sentences[0]).strip()
    first = pattern.search(text)
    if first and len(text) > SHOWN and first.start() > SHOWN_BEFORE:
        text = "…" + text[first.start() - SHOWN_BEFORE :].lstrip()
    if len(text) > SHOWN:
        text = text[: SHOWN - 1].rstrip() + "…"
    return marked(text, words)


def marked(text: str, words: list[str]) -> list[Part]:
    """Return a text in pieces: the words that were searched for, and what is between them."""
    parts, position = [], 0
    for match in _any_of(words).finditer(text):
        parts += [Part(text[position : match.start()], False), Part(match[0], True)]
        position = match.end()
    return [part for part in (*parts, Part(text[position:], False)) if part.text]


def _any_of(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b{word_pattern(word)}" for word in words))


def address(conversation: Conversation, match: Any) -> str:
    """Return the URL of a match: a page with the messages around it.

    Args:
        match: a message, or a note as `matches` returns it.
    """
    is_note = isinstance(match, Note)
    sequence: int = (match.sequence_before or 0) if is_note else match.sequence
    fragment = f"note-{match.number}" if is_note else f"message-{sequence}"
    return f"{conversation.page_of(sequence)}#{fragment}"
