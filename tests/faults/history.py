"""What the clients saw and did, one event after the other. Nothing in it is ever changed."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec

Kind = Literal[
    "connect",  # the socket is there and `session.ready` was heard; `unread` is the badge
    "live",  # and every conversation was resumed; `seconds` since the line was lost
    "closed",  # the socket is gone; `code` is the close code, 1006 without one
    "send",  # a message went out, for the first time or again
    "ack",  # the server said that it is stored
    "refused",  # the server said `code` to a message
    "error",  # the server said `code` to something else
    "receipt",  # a message arrived, `how` tells by which way
    "applied",  # a message took its place, after all that came before it
    "page",  # a resume was answered; `size` in bytes
    "gap",  # a revision was missing, so the conversation is opened again
    "healed",  # a heartbeat knew of a revision that nothing else had told of
    "badge",  # `unread` as told
    "revoked",  # `seconds` from now this client may hear nothing more of `conversation`
]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to one client.

    Args:
        at: seconds of the monotonic clock.
        client: the client's name; several may belong to one person.
        user: the person's id.
    """

    at: float
    kind: Kind
    client: str
    user: int
    conversation: int = 0
    client_id: str = ""
    id: int = 0
    sequence: int = 0
    revision: int = 0
    removed: bool = False
    how: str = ""
    code: str = ""
    unread: int = 0
    size: int = 0
    seconds: float = 0.0


@dataclass
class History:
    """The log of one scenario; every client writes to the same."""

    events: list[Event] = field(default_factory=list)

    def add(self, kind: Kind, client: str, user: int, **details: Any) -> Event:
        event = Event(time.monotonic(), kind, client, user, **details)
        self.events.append(event)
        return event

    def of(self, *kinds: Kind) -> Iterator[Event]:
        """The events of some kinds, in order of time."""
        return (event for event in self.events if event.kind in kinds)

    def write(self, path: Path) -> None:
        """Keep the log as JSON lines, to look into a red run."""
        encoder = msgspec.json.Encoder()
        path.write_bytes(encoder.encode_lines(self.events))
