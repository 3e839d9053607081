"""Find messages with nearly the same text: the only place that knows how."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from messaging.models import Message, MessageVersion
from messaging.similar import texts
from trato.array_parameters import listed

from . import text_traces, traces


def alike(text: str, since: datetime, limit: int) -> list[int]:
    """Return the keys of messages with the same letters, then of those with nearly the same.

    The newest of each group come first. To find nearly the same letters, this compares only the
    newest `SIMILAR_CANDIDATES_MAX` messages of each band, so that a text that thousands of people
    send costs no more than a rare one.
    """
    same: list[int] = []
    near: set[int] = set()
    for one in text_traces.traces_of(text):
        if one.kind == text_traces.WORDS:
            same += traces.matches(one, since, limit)
        elif one.kind == text_traces.NEAR:
            near.update(traces.matches(one, since, settings.SIMILAR_CANDIDATES_MAX))
    compared = texts.letters(text)
    known = set(same)
    alike = {key for key, body in _texts_of(near - known) if _is_alike(compared, body)}
    return [*same, *sorted(alike, reverse=True)][:limit]


def _texts_of(keys: set[int]) -> Iterator[tuple[int, str]]:
    """Yield messages with each of their texts, including those before an edit."""
    messages = Message.objects.filter(pk__in=listed(keys))
    yield from messages.values_list("pk", "body")
    versions = MessageVersion.objects.filter(message__in=listed(keys))
    yield from versions.values_list("message", "body")


def _is_alike(compared: str, body: str) -> bool:
    return texts.are_alike(compared, texts.letters(body))
