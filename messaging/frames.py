"""All frames of the socket, in both directions. The JSON answers use the same.

Decoding and validation are one step: unknown types, unknown fields and wrong values are refused.
"""

import uuid
from datetime import datetime
from typing import Annotated, Any, Self, TypeAlias

import msgspec
from django.utils.translation import gettext_lazy as _
from msgspec import Meta, Struct

from trato.errors import Refused

from .models import Conversation, Message
from .records import ReadMark, Sent

Identifier = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Counter = Annotated[int, Meta(ge=0, le=2**31 - 1)]


# -- Client to server ------------------------------------------------------------------------


class ClientFrame(Struct, forbid_unknown_fields=True):
    """What a client may say; `type` tells which."""


class Claim(ClientFrame, tag="session.claim"):
    """The first frame of a page: whom it was drawn for."""

    user: Identifier


class Send(ClientFrame, tag="message.send"):
    """`after` names the message that the client sent before it and that is not acknowledged yet.

    This one is stored only once that one is stored or refused for good, so a client can keep the
    order without waiting for each acknowledgement.
    """

    conversation: Identifier
    client_id: uuid.UUID
    body: str
    after: uuid.UUID | None = None


class Open(ClientFrame, tag="conversation.open"):
    conversation: Identifier
    since: Counter


class Close(ClientFrame, tag="conversation.close"):
    conversation: Identifier


class Read(ClientFrame, tag="conversation.read"):
    conversation: Identifier
    sequence: Counter


class Typing(ClientFrame, tag="typing"):
    """Somebody is writing or, where `stopped`, has emptied the box again."""

    conversation: Identifier
    stopped: bool = False


NOT_UNDERSTOOD = _("Your browser sent something we don't understand.")  # translated when shown

AnyClientFrame: TypeAlias = Claim | Send | Open | Close | Read | Typing
_decoder: msgspec.json.Decoder[AnyClientFrame] = msgspec.json.Decoder(AnyClientFrame)
_client_id = msgspec.json.Decoder(dict[str, Any])


def decode(text: str | None) -> AnyClientFrame:
    """Decode one frame from a client.

    Args:
        text: None stands for a binary frame.

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
    """The `client_id` of a frame that was refused, so that the sender knows which it was."""
    try:
        client_id = _client_id.decode(text).get("client_id")
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return client_id if isinstance(client_id, str) and len(client_id) <= 64 else None


# -- Server to client ------------------------------------------------------------------------


class Sender(Struct):
    id: int
    name: str


class MessageItem(Struct, kw_only=True):
    """A message as both sides see it.

    `consumer` is the shopper's ID: that person is on that side, everybody else on the other.
    """

    conversation: int
    consumer: int
    id: int
    sequence: int
    revision: int
    client_id: uuid.UUID
    side: str
    sender: Sender
    body: str
    created_at: datetime
    removed: bool

    @classmethod
    def of(cls, sent: Sent) -> Self:
        return cls(
            conversation=sent.conversation_id,
            consumer=sent.consumer_id,
            id=sent.id,
            sequence=sent.sequence,
            revision=sent.revision,
            client_id=sent.client_id,
            side=sent.side,
            sender=Sender(sent.sender_id, sent.sender_name),
            body=sent.body,
            created_at=sent.created_at,
            removed=sent.removed,
        )


class MessageCreated(MessageItem, tag="message.created"):
    pass


class MessageChanged(MessageItem, tag="message.changed"):
    pass


class MessageAccepted(Struct, tag="message.accepted", kw_only=True):
    """To the sender, after COMMIT."""

    client_id: uuid.UUID
    conversation: int
    id: int
    sequence: int
    revision: int
    created_at: datetime

    @classmethod
    def of(cls, sent: Sent) -> Self:
        return cls(
            client_id=sent.client_id,
            conversation=sent.conversation_id,
            id=sent.id,
            sequence=sent.sequence,
            revision=sent.revision,
            created_at=sent.created_at,
        )


class MessageAnswer(MessageAccepted, tag="message.accepted", kw_only=True):
    """The same to a script that sent by POST: it has no socket to hear the message on."""

    message: MessageItem

    @classmethod
    def of(cls, sent: Sent) -> Self:
        accepted = msgspec.structs.asdict(MessageAccepted.of(sent))
        return cls(**accepted, message=MessageItem.of(sent))


class ConversationState(Struct, tag="conversation.state", kw_only=True):
    """A page of messages; `revision` is the one to resume from, `read` per side."""

    conversation: int
    revision: int
    messages: list[MessageItem]
    more: bool
    read: dict[str, int]


class ConversationRead(Struct, tag="conversation.read"):
    conversation: int
    side: str
    user: int
    sequence: int

    @classmethod
    def of(cls, mark: ReadMark) -> Self:
        return cls(mark.conversation_id, mark.side, mark.user_id, mark.sequence)


class TypingSeen(Struct, tag="typing", omit_defaults=True):
    """To the others who have the conversation open; `user` tells two people of one name apart."""

    conversation: int
    side: str
    user: int
    name: str
    stopped: bool = False


class Heartbeat(Struct, tag="heartbeat"):
    conversations: dict[int, int]


def page(
    conversation: Conversation,
    messages: list[Message],
    *,
    more: bool,
    read: dict[str, int],
    resuming: bool,
) -> ConversationState:
    """A page of messages for the socket and the JSON answers alike.

    The revision to resume from is the conversation's own, unless a resuming client has more to
    come: then it is that of the last message given, so that nothing between is skipped.

    Args:
        conversation: as read *before* its messages; then its revision promises no message that
            the page lacks.
        more: whether there is more to fetch in the same direction.
        resuming: whether the page holds changes since a revision, not a part of the history.
    """
    revision = conversation.revision
    if resuming and more:
        revision = messages[-1].revision
    return ConversationState(
        conversation=conversation.pk,
        revision=revision,
        messages=[MessageItem.of(Sent.of(message)) for message in messages],
        more=more,
        read=read,
    )
