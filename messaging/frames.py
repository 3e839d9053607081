"""Frames from clients, and those about messages. Other features have theirs in their `frames.py`.

The JSON responses use the same structures. Decoding and validation are one step: unknown types,
unknown fields and wrong values are refused.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self, TypeAlias

import msgspec
from django.utils.translation import gettext_lazy as _
from msgspec import Meta, Struct

from trato.errors import Refused

from . import extras
from .models import Conversation, File, Message
from .records import Quoted, Reactions, ReadMark, Sent
from .records import Sender as Sender

Identifier = Annotated[int, Meta(ge=1, le=2**63 - 1)]
SequenceNumber = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Counter = Annotated[int, Meta(ge=0, le=2**31 - 1)]


# -- Client to server ------------------------------------------------------------------------


class ClientFrame(Struct, forbid_unknown_fields=True):
    """A frame that a client may send; `type` says which."""


class Claim(ClientFrame, tag="session.claim"):
    """The first frame of a page: the person it was rendered for."""

    user: Identifier


class Send(ClientFrame, tag="message.send"):
    """A message. `after` is the client's previous message, if that is not acknowledged yet.

    This one is stored only once that one is stored or refused for good, so a client can keep the
    order without waiting for each acknowledgement.
    """

    conversation: Identifier
    client_id: uuid.UUID
    body: str
    after: uuid.UUID | None = None
    files: tuple[Identifier, ...] = ()
    quote: SequenceNumber | None = None


class Edit(ClientFrame, tag="message.edit"):
    """New words for one's own message. An `error` has the `client_id`, if there is one."""

    conversation: Identifier
    sequence: SequenceNumber
    body: str
    client_id: uuid.UUID | None = None


class Withdraw(ClientFrame, tag="message.withdraw"):
    conversation: Identifier
    sequence: SequenceNumber
    client_id: uuid.UUID | None = None


class React(ClientFrame, tag="reaction.set"):
    """The person's reaction to a message; empty to take it back."""

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


class AddNote(ClientFrame, tag="note.add"):
    conversation: Identifier
    client_id: uuid.UUID
    body: str


class Looking(ClientFrame, tag="team.looking"):
    """What the person does in a conversation, for colleagues; repeated while it is true."""

    conversation: Identifier
    doing: Literal["looking", "replying", "noting"]


NOT_UNDERSTOOD = _("Your browser sent something we don't understand.")  # translated when shown

AnyClientFrame: TypeAlias = (
    Claim | Send | Edit | Withdraw | React | Open | Close | Read | Typing | AddNote | Looking
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


# -- Server to client ------------------------------------------------------------------------


class FileItem(Struct):
    """A file; `width` and `height` are 0 unless it is an image."""

    id: int
    kind: str
    name: str
    size: int
    width: int
    height: int
    alt: str

    @classmethod
    def of(cls, row: File) -> Self:
        return cls(row.pk, row.kind, row.name, row.size, row.width, row.height, row.alt)


class MessageItem(Struct, kw_only=True):
    """A message as both sides see it. A removed or withdrawn one has no words, quote or reactions.

    `consumer` is the shopper's ID: that person is on the consumer side, everybody else on the
    seller side. An `automatic` message is the shop's, not a person's: its sender has the ID 0.
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
    withdrawn: bool
    edited: bool
    automatic: bool
    files: Sequence[FileItem]
    quote: Quoted | None
    reactions: Sequence[Reactions]

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
            sender=Sender(0 if sent.is_automatic else sent.sender_id, sent.sender_name),
            body=sent.body,
            created_at=sent.created_at,
            removed=sent.removed,
            withdrawn=sent.withdrawn,
            edited=sent.edited,
            automatic=sent.is_automatic,
            files=sent.shown_files and [FileItem.of(file) for file in sent.shown_files],
            quote=sent.quoted,
            reactions=sent.reactions,
        )


class MessageCreated(MessageItem, tag="message.created"):
    pass


class MessageChanged(MessageItem, tag="message.changed"):
    pass


class MessageAccepted(Struct, tag="message.accepted", kw_only=True):
    """Tells the sender, after COMMIT, that a message is stored."""

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
    """The same for a script that sent by POST, and therefore gets the message as well."""

    message: MessageItem

    @classmethod
    def of(cls, sent: Sent) -> Self:
        accepted = msgspec.structs.asdict(MessageAccepted.of(sent))
        return cls(**accepted, message=MessageItem.of(sent))


class ConversationState(Struct, tag="conversation.state", kw_only=True):
    """A page of messages; the client resumes from `revision`, `read` has a mark for each side."""

    conversation: int
    revision: int
    messages: list[MessageItem]
    more: bool
    read: dict[str, int]
    ended: bool


class ConversationEnded(Struct, tag="conversation.ended"):
    """Nobody can write there any more: the shopper's account, or the shop, is gone."""

    conversation: int
    revision: int


class ConversationRead(Struct, tag="conversation.read"):
    conversation: int
    side: str
    user: int
    sequence: int

    @classmethod
    def of(cls, mark: ReadMark) -> Self:
        return cls(mark.conversation_id, mark.side, mark.user_id, mark.sequence)


class InboxChanged(Struct, tag="inbox.changed"):
    """Whom a conversation waits for ("consumer", "seller" or nobody), changed without a message."""

    conversation: int
    turn: str
    waiting_since: datetime | None


class TypingSeen(Struct, tag="typing", omit_defaults=True):
    """For others who have the conversation open; `user` distinguishes people of the same name."""

    conversation: int
    side: str
    user: int
    name: str
    stopped: bool = False


class Heartbeat(Struct, tag="heartbeat", omit_defaults=True):
    """The revisions of what a socket has open; `team` has the team's, on the seller side only."""

    conversations: dict[int, int]
    team: dict[int, int] = {}


def page(
    conversation: Conversation,
    messages: list[Message],
    *,
    more: bool,
    read: dict[str, int],
    resuming: bool,
) -> ConversationState:
    """Return a page of messages, for the socket and for JSON responses.

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
        messages=[MessageItem.of(sent) for sent in extras.load([*map(Sent.of, messages)])],
        more=more,
        read=read,
        ended=conversation.ended_at is not None,
    )
