"""What a search shows of a conversation: the sentence with the words, and where it is."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from messaging.models import Conversation, Message
from trato.listed import listed
from trato.text import word_pattern

SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
NEWEST = 1000  # messages of a conversation that are looked through, at most
SHOWN_BEFORE = 40  # characters before the first word, of a longer sentence
SHOWN = 140  # characters of a sentence


class Part(NamedTuple):
    """A piece of a sentence; `is_match` if it is what was searched for."""

    text: str
    is_match: bool


def matches(conversation_ids: Iterable[int], words: list[str]) -> dict[int, Message]:
    """Return the newest message with all words of each conversation, otherwise with any of them.

    Leaves out conversations with the words only in names and titles. Makes one query.
    """
    ids = list(conversation_ids)
    if not ids or not words:
        return {}
    start = r"\m" if connection.vendor == "postgresql" else r"\b"
    patterns = [start + word_pattern(word) for word in words]
    every = Message.objects.filter(
        conversation=OuterRef("pk"),
        sequence__gt=OuterRef("last_sequence") - NEWEST,
        removed_at=None,
    )
    with_any = every.filter(body__regex="|".join(patterns))
    with_all = with_any
    for pattern in patterns:
        with_all = with_all.filter(body__regex=pattern)
    choices = [with_any] if len(words) == 1 else [with_all, with_any]
    newest = [Subquery(_newest(choice)) for choice in choices]
    conversations = Conversation.objects.filter(pk__in=listed(ids)).values_list(
        Coalesce(*newest) if len(newest) > 1 else newest[0]
    )
    rows = Message.objects.filter(pk__in=conversations).select_related("sender")
    return {row.conversation_id: row for row in rows}


def _newest(messages: QuerySet[Message]) -> QuerySet[Message, Any]:
    return messages.order_by("-sequence").values("pk")[:1]


def sentence(body: str, words: list[str]) -> list[Part]:
    """Return the first sentence with one of the words, shortened, in pieces."""
    pattern = re.compile("|".join(rf"\b{word_pattern(word)}" for word in words))
    sentences = SENTENCE_END.split(body)
    text = next((one for one in sentences if pattern.search(one)), sentences[0]).strip()
    first = pattern.search(text)
    if first and len(text) > SHOWN and first.start() > SHOWN_BEFORE:
        text = "…" + text[first.start() - SHOWN_BEFORE :].lstrip()
    if len(text) > SHOWN:
        text = text[: SHOWN - 1].rstrip() + "…"
    parts, position = [], 0
    for match in pattern.finditer(text):
        parts += [Part(text[position : match.start()], False), Part(match[0], True)]
        position = match.end()
    return [part for part in (*parts, Part(text[position:], False)) if part.text]


def address(conversation: Conversation, message: Message) -> str:
    """Return the address of a message in its conversation, with what was written around it."""
    page = settings.HISTORY_PAGE_SIZE
    url = conversation.get_absolute_url()
    if message.sequence <= conversation.last_sequence - page:
        url += f"?before={message.sequence + page // 2}"
    return f"{url}#message-{message.sequence}"
