"""The log of what clients saw and did, event by event. Events are never changed."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec

Kind = Literal[
    "connect",  # the socket is open and `session.ready` has arrived; `unread` is the badge
    "live",  # every conversation was resumed after that; `seconds` since the disconnect
    "closed",  # the socket is closed; `code` is the close code, 1006 without one
    "send",  # a message was sent, for the first time or again
    "ack",  # the server acknowledged a message
    "held",  # the server has told the sender that a message is being checked
    "rejected",  # the server has told the sender that it is not delivered
    "withdrawing",  # the sender asks to withdraw a held message
    "withdrawn",  # the server has answered that it is withdrawn
    "deciding",  # staff are about to decide on a held message; `how` they want to
    "decided",  # the decision is stored
    "refused",  # the server answered a message with the error `code`
    "error",  # the server answered something else with the error `code`
    "receipt",  # a message arrived; `how` says in which way
    "applied",  # a message was delivered, after everything before it
    "page",  # the response to a resume; `size` in bytes
    "gap",  # a revision was missing, so the conversation is reopened
    "healed",  # a heartbeat had a revision that no other frame had announced
    "badge",  # `unread` as received
    "uploaded",  # a file is stored, for the message with this `client_id`
    "fetched",  # the response to a request for a file; `how` says of which kind, see `Files`
    "revoked",  # `seconds` from now this client must not receive anything of `conversation`
]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to one client.

    Args:
        at: seconds by the monotonic clock.
        client: the client's name; a person may have several.
        user: the person's ID.
        changed: whether a message had changed since it was sent.
        face: what it showed, see `face`.
        file: the ID of a file.
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
    changed: bool = False
    face: str = ""
    file: int = 0
    how: str = ""
    code: str = ""
    unread: int = 0
    size: int = 0
    seconds: float = 0.0


@dataclass
class History:
    """The log of one scenario, to which all clients write."""

    events: list[Event] = field(default_factory=list)

    def add(self, kind: Kind, client: str, user: int, **details: Any) -> Event:
        event = Event(time.monotonic(), kind, client, user, **details)
        self.events.append(event)
        return event

    def of(self, *kinds: Kind) -> Iterator[Event]:
        """Return the events of some kinds, in order of time."""
        return (event for event in self.events if event.kind in kinds)

    def write(self, path: Path) -> None:
        """Write the log as JSON lines, to investigate a red run."""
        encoder = msgspec.json.Encoder()
        path.write_bytes(encoder.encode_lines(self.events))
