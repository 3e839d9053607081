"""The content that a message shows, as one text, equal for a frame and the database."""

import json
from collections.abc import Iterable
from typing import Any

from messaging.models import Message


def of_frame(message: dict[str, Any]) -> str:
    """Return the text for a message as a client gets it."""
    quote = message["quote"] and message["quote"]["sequence"]
    reactions = [
        (given["reaction"], user["id"]) for given in message["reactions"] for user in given["users"]
    ]
    flags = [message[name] for name in ("removed", "withdrawn", "edited")]
    files = [file["id"] for file in message["files"]]
    return _face(message["body"], flags, quote, reactions, files)


def of_row(
    message: Message, reactions: Iterable[tuple[str, int]], files: Iterable[int] = ()
) -> str:
    """Return the text that a client should have got for a stored message."""
    removed, withdrawn = message.removed_at is not None, message.withdrawn_at is not None
    if message.is_hidden:
        return _face("", [removed, withdrawn, False], None, [], [])
    edited = message.edited_at is not None
    return _face(message.body, [False, False, edited], message.quote, reactions, files)


def has_changed(message: dict[str, Any]) -> bool:
    """Whether a message shows that it has changed since it was sent."""
    return any(message[name] for name in ("removed", "withdrawn", "edited", "reactions"))


def _face(
    body: str,
    flags: list[bool],
    quote: int | None,
    reactions: Iterable[tuple[str, int]],
    files: Iterable[int],
) -> str:
    return json.dumps([body, flags, quote, sorted(reactions), [*files]], ensure_ascii=False)
