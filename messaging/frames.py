"""Frames about messages, to clients. Other features have theirs in their `frames.py`.

The JSON responses use the same structures. `client_frames` has the other direction.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

import msgspec
from msgspec import UNSET, Struct, UnsetType

from . import message_extras, message_warnings
from .message_warnings import LinkRemark
from .models import Conversation, File, Message, StaffMessage
from .queries import Window
from .records import Quoted, Reactions, ReadMark, Sent
from .records import Sender as Sender


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
    """A message as both sides see it. A removed or withdrawn one has no text, quote or reactions.

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
    warnings: Sequence[str]
    links: Sequence[LinkRemark]

    @classmethod
    def of(cls, sent: Sent) -> Self:
        codes = message_warnings.codes_of(sent.shown_files)
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
            warnings=message_warnings.warnings(sent.body, codes, is_automatic=sent.is_automatic),
            links=message_warnings.links(sent.body, codes),
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
    """The same for a script that sent the message by POST, whose response also contains it."""

    message: MessageItem

    @classmethod
    def of(cls, sent: Sent) -> Self:
        accepted = msgspec.structs.asdict(MessageAccepted.of(sent))
        return cls(**accepted, message=MessageItem.of(sent))


class StaffMessageItem(Struct):
    """A staff message. The `body` of one that was `taken_back` is empty."""

    id: int
    body: str
    created_at: datetime
    taken_back: bool

    @classmethod
    def of(cls, row: StaffMessage) -> Self:
        body = "" if row.is_taken_back else row.body
        return cls(row.pk, body, row.created_at, row.is_taken_back)


class ConversationState(Struct, tag="conversation.state", kw_only=True):
    """A page of messages. The client resumes from `revision`; `read` has a mark for each side.

    `nudged` says when the side that has to answer was reminded, by the side that sent the reminder.
    `blocked`: the reader's own side has blocked the other one. `closed`: staff have closed the
    conversation. `muted_until`: until then, staff keep the reader from writing. `dismissed` has the
    kinds of warnings that the reader has dismissed, by sequence; `scam_warnings` adds them.
    `staff_messages` has everything that staff have written to both sides, see
    `staff_messages.frames`; it is omitted if empty.
    """

    conversation: int
    revision: int
    messages: list[MessageItem]
    more: bool
    read: dict[str, int]
    nudged: dict[str, datetime]
    ended: bool
    closed: bool
    blocked: bool
    muted_until: datetime | None
    dismissed: dict[int, str] = {}
    staff_messages: list[StaffMessageItem] | UnsetType = UNSET


class ConversationWindow(ConversationState, tag="conversation.state", kw_only=True):
    """Consecutive messages from anywhere; `more` is about the requested direction."""

    older: bool
    newer: bool


class ConversationEnded(Struct, tag="conversation.ended", omit_defaults=True):
    """Nobody can write in the conversation any more: the shopper's account or the shop is gone.

    `closed`: it ended because staff closed it.
    """

    conversation: int
    revision: int
    closed: bool = False


class ConversationReopened(Struct, tag="conversation.reopened"):
    """Staff no longer keep the conversation closed."""

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
    """A conversation waits for another side ("consumer", "seller" or nobody), without a message."""

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
    """The revisions of a socket's open conversations; `team`: the team's, only for sellers."""

    conversations: dict[int, int]
    team: dict[int, int] = {}


def page(
    conversation: Conversation,
    messages: list[Message],
    *,
    more: bool,
    read: dict[str, int],
    nudged: dict[str, datetime],
    blocked: bool,
    resuming: bool,
) -> ConversationState:
    """Return a page of messages, for the socket and for JSON responses.

    The client resumes from the conversation's own revision. If a resuming client has more to fetch,
    it gets the revision of the last message here instead, so that it skips nothing in between.

    Args:
        conversation: as read *before* its messages, so that its revision promises no message that
            the page lacks.
        more: whether there is more to fetch in the same direction.
        resuming: whether the page holds changes since a revision, not part of the history.
    """
    revision = conversation.revision
    if resuming and more:
        revision = messages[-1].revision
    return ConversationState(
        conversation=conversation.pk,
        revision=revision,
        messages=[MessageItem.of(sent) for sent in message_extras.load([*map(Sent.of, messages)])],
        more=more,
        read=read,
        nudged=nudged,
        ended=conversation.ended_at is not None,
        closed=conversation.is_closed,
        muted_until=conversation.muted_until,
        blocked=blocked,
    )


def window(
    conversation: Conversation,
    shown: Window,
    *,
    more: bool,
    read: dict[str, int],
    nudged: dict[str, datetime],
    blocked: bool,
) -> ConversationWindow:
    """Return part of the history for JSON responses, and whether there is more around it."""
    about: dict[str, Any] = {"more": more, "read": read, "nudged": nudged, "blocked": blocked}
    state = page(conversation, shown.messages, **about, resuming=False)
    return ConversationWindow(
        **msgspec.structs.asdict(state), older=shown.has_older, newer=shown.has_newer
    )
