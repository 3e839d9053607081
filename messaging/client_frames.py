"""Frames from clients. Decoding and validation are one step.

Unknown types, unknown fields and wrong values are refused.
"""

import uuid
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from django.utils.translation import gettext_lazy as _
from msgspec import Meta, Struct

from trato.errors import Refused

Identifier = Annotated[int, Meta(ge=1, le=2**63 - 1)]
SequenceNumber = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Counter = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class ClientFrame(Struct, forbid_unknown_fields=True):
    """A frame that a client may send; `type` says which."""


class Claim(ClientFrame, tag="session.claim"):
    """The first frame of a page: the person it was rendered for."""

    user: Identifier


class Send(ClientFrame, tag="message.send"):
    """A message. `after` is the client's previous message, if that is not acknowledged yet.

    The server stores this message only once that one is stored or finally refused, so a client can
    preserve the order without waiting for each acknowledgement.
    """

    conversation: Identifier
    client_id: uuid.UUID
    body: str
    after: uuid.UUID | None = None
    files: tuple[Identifier, ...] = ()
    quote: SequenceNumber | None = None
    insists: bool = False  # the sender says that the rule which questioned it is wrong


class Edit(ClientFrame, tag="message.edit"):
    """New text for the person's own message. An `error` has the `client_id`, if there is one."""

    conversation: Identifier
    sequence: SequenceNumber
    body: str
    client_id: uuid.UUID | None = None


class Withdraw(ClientFrame, tag="message.withdraw"):
    conversation: Identifier
    sequence: SequenceNumber
    client_id: uuid.UUID | None = None


class React(ClientFrame, tag="reaction.set"):
    """The person's reaction to a message; empty to remove it."""

    conversation: Identifier
    sequence: SequenceNumber
    reaction: str
    client_id: uuid.UUID | None = None


class Open(ClientFrame, tag="conversation.open"):
    conversation: Identifier
    since: Counter


class Close(ClientFrame, tag="conversation.close"):
    conversation: Identifier


class Read(ClientFrame, tag="conversation.read"):
    conversation: Identifier
    sequence: Counter


class Typing(ClientFrame, tag="typing"):
    """Somebody is typing or, if `stopped`, has emptied the box again."""

    conversation: Identifier
    stopped: bool = False


class Active(ClientFrame, tag="active"):
    """The person has this tab in view; repeated while that is true.

    Only has an effect for people who work for shops.
    """


class AddNote(ClientFrame, tag="note.add"):
    conversation: Identifier
    client_id: uuid.UUID
    body: str


class Looking(ClientFrame, tag="team.looking"):
    """Tells colleagues what the person is doing in a conversation; repeated while that is true."""

    conversation: Identifier
    doing: Literal["looking", "replying", "noting"]


NOT_UNDERSTOOD = _("Your browser sent something we don't understand.")  # translated when displayed

AnyClientFrame: TypeAlias = (
    Claim
    | Send
    | Edit
    | Withdraw
    | React
    | Open
    | Close
    | Read
    | Typing
    | Active
    | AddNote
    | Looking
)
_decoder: msgspec.json.Decoder[AnyClientFrame] = msgspec.json.Decoder(AnyClientFrame)
_client_id = msgspec.json.Decoder(dict[str, Any])


def decode(text: str | None) -> AnyClientFrame:
    """Decode one frame from a client.

    Args:
        text: None for a binary frame.

    Raises:
        Refused: `invalid`, if it is not exactly one of the frames above.
    """
    try:
        if text is None:
            raise msgspec.DecodeError("not a text frame")
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Refused("invalid", NOT_UNDERSTOOD) from error


def client_id_of(text: str) -> str | None:
    """Return the `client_id` of a refused frame, so that the sender knows which one it was."""
    try:
        client_id = _client_id.decode(text).get("client_id")
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return client_id if isinstance(client_id, str) and len(client_id) <= 64 else None
