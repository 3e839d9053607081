"""Frames that all apps share. Each app defines its own in its `frames` module."""

from typing import Any

import msgspec
from msgspec import Struct

from trato.errors import Code, Refused


class Error(Struct, tag="error", omit_defaults=True):
    """Tells a client why its request was refused; `shield` says why its message was questioned."""

    code: Code
    detail: str
    client_id: str | None = None
    retry_after: int | None = None
    shield: Any = None

    @classmethod
    def of(cls, refusal: Refused, client_id: str | None = None) -> "Error":
        detail = str(refusal.detail)
        return cls(refusal.code, detail, client_id, refusal.retry_after, refusal.shield)


class SessionChanged(Struct, tag="session.changed"):
    """Tells a script that its page belongs to somebody else: `user` is now logged in."""

    user: int


def encode(frame: Struct) -> str:
    """Encode a frame as the text that is sent over the socket."""
    return msgspec.json.encode(frame).decode()
