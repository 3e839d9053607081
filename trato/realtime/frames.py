"""What frames of all apps have in common. Each app declares its own in its `frames` module."""

import msgspec
from msgspec import Struct

from trato.errors import Code, Refused


class Error(Struct, tag="error", omit_defaults=True):
    """Why something was not done, to the client that asked for it."""

    code: Code
    detail: str
    client_id: str | None = None
    retry_after: int | None = None

    @classmethod
    def of(cls, refusal: Refused, client_id: str | None = None) -> "Error":
        return cls(refusal.code, str(refusal.detail), client_id, refusal.retry_after)


class SessionChanged(Struct, tag="session.changed"):
    """The answer to a script whose page was drawn for somebody else; `user` is logged in now."""

    user: int


def encode(frame: Struct) -> str:
    """A frame as the text that goes over the socket."""
    return msgspec.json.encode(frame).decode()
