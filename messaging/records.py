"""Flat records of messages and read marks, the same for both stores."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.utils.translation import gettext_lazy as _

from trato.errors import Refused
from trato.people import Person

from .body import normalize_body
from .host import host
from .models import Attached, Message, Side


class Content(msgspec.Struct, kw_only=True):
    """The content of a message. Each field is a column of `Message` with the same name.

    Both stores, the statement and the comparison with a repeated send take the columns from here,
    so a new one is added once. Of a removed or withdrawn message only `shown_of` remains.

    Args:
        is_automatic: sent by the shop itself, not by a person.
        quote: the sequence of the message that it quotes.
    """

    body: str = ""
    is_automatic: bool = False
    quote: int | None = None


CONTENT = Content.__struct_fields__


def content_of(record: Any) -> dict[str, Any]:
    """Return the content of an attempt or of a row of `Message`, by column."""
    return {name: getattr(record, name) for name in CONTENT}


def sent_content_of(message: Message) -> dict[str, Any]:
    """Return the content of a row as it was sent, before any edit."""
    content = content_of(message)
    if message.edited_at is not None:
        content["body"] = message.versions.get(number=1).body
    return content


def shown_of(record: Any, *, is_hidden: bool) -> dict[str, Any]:
    """Return the content that both sides see; a hidden message shows nothing of what it said."""
    return {"is_automatic": record.is_automatic} if is_hidden else content_of(record)


class Sender(msgspec.Struct):
    """The sender as messages show it: ID 0 for the shop itself, no name for a deleted account."""

    id: int
    name: str


def attached_words(attached: str) -> str:
    """Return the text for a message that has only files, in the reader's language."""
    return str(Attached(attached).label) if attached else ""


class Quoted(msgspec.Struct, kw_only=True):
    """The part of the original that a quote shows.

    Args:
        excerpt: the beginning of its text.
        attached: what kind of files an original without text has, see `Attached`. Both are empty if
            the original is removed or withdrawn.
    """

    sequence: int
    sender: Sender
    side: str
    excerpt: str
    attached: str

    @property
    def words(self) -> str:
        """The original's text, in the reader's language; empty if it is hidden."""
        return self.excerpt or attached_words(self.attached)


class Reactions(msgspec.Struct):
    """The people who have reacted to a message in the same way."""

    reaction: str
    users: list[Sender]


def not_quotable() -> Refused:
    """Return the refusal for quoting a message that isn't in the conversation."""
    return Refused("invalid", _("The message that you quote isn't in this conversation."))


class Attempt(Content, kw_only=True):
    """A message that somebody wants to send.

    The checks of `pipeline` normalize the body and set `refusal` if the message must not be stored.
    A refused attempt still goes to the store, which looks for an earlier message with its
    `client_id`: a repeat gets the same response as the first send.
    """

    sender: Person
    conversation_id: int
    client_id: uuid.UUID
    files: Sequence[int] = ()  # uploaded before; such a message is stored by `sending.orm`
    scheduled: int | None = None  # the scheduled message that is being sent; it has the files
    refusal: Refused | None = None
    held_for: str = ""  # the name of the rule because of which staff look at it first
    released: int | None = None  # the held message that is being delivered; it has the files
    codes: str = ""  # the text of QR codes in its pictures, one per line; read by the rules' check
    captions: str = ""  # file names and descriptions written by people; read like `codes`
    insists: bool = False  # its sender says that the rule which questioned it is wrong
    is_edit: bool = False  # new text for a message that is already stored
    page_language: str = ""  # of the sender's page; that of the current request by default
    sender_id: int = 0
    sender_name: str = ""  # given for automatic messages: the shop's
    counted: bool = False  # against the sender's rate limit

    def __post_init__(self) -> None:
        self.sender_id = self.sender.pk
        self.sender_name = self.sender_name or host.display_name(self.sender)

    def says_the_same(self, other: "Attempt") -> bool:
        """Whether another attempt has the same content, even if only one has passed the checks."""
        return self._said() == other._said()

    def _said(self) -> dict[str, Any]:
        body = normalize_body(self.body)
        return {**content_of(self), "body": body, "files": tuple(self.files)}


class Sent(Content, kw_only=True):
    """A message as it was stored. Frames are made from it.

    `is_new` unless the `client_id` was repeated. `badges` are the people whose number of unread
    notifications the message may have changed. `takes`: nobody was assigned to the conversation, so
    the message assigns it to its sender, see `team.taking`. `message_extras` loads `quoted` and
    `reactions`.
    """

    id: int
    conversation_id: int
    consumer_id: int
    shop_id: int
    sequence: int
    revision: int
    client_id: uuid.UUID
    sender_id: int
    sender_name: str
    side: Side
    created_at: datetime
    removed: bool = False
    attached: str = ""
    shown_files: Sequence[Any] = ()  # loaded by `message_extras`
    withdrawn: bool = False
    edited: bool = False
    is_reacted: bool = False
    quoted: Quoted | None = None
    reactions: Sequence[Reactions] = ()
    is_new: bool = False
    badges: Sequence[int] = ()
    takes: bool = False

    @property
    def is_hidden(self) -> bool:
        return self.removed or self.withdrawn

    @classmethod
    def of(
        cls,
        message: Message,
        *,
        is_new: bool = False,
        badges: Sequence[int] = (),
        takes: bool = False,
    ) -> "Sent":
        """Return the record of a row whose sender and conversation are loaded."""
        is_hidden = message.is_hidden
        return cls(
            **shown_of(message, is_hidden=is_hidden),
            id=message.pk,
            conversation_id=message.conversation_id,
            consumer_id=message.conversation.consumer_id,
            shop_id=message.conversation.shop_id,
            sequence=message.sequence,
            revision=message.revision,
            client_id=message.client_id,
            sender_id=message.sender_id,
            sender_name=message.sender_name,
            side=Side(message.side),
            created_at=message.created_at,
            removed=message.removed_at is not None,
            withdrawn=message.withdrawn_at is not None,
            edited=message.edited_at is not None and not is_hidden,
            is_reacted=message.is_reacted and not is_hidden,
            attached=message.attached,
            is_new=is_new,
            badges=badges,
            takes=takes,
        )


class Held(msgspec.Struct, kw_only=True):
    """A message that is stored outside the log until staff have looked at it.

    `is_new` unless the `client_id` was repeated.
    """

    conversation_id: int
    sender_id: int
    client_id: uuid.UUID
    created_at: datetime
    is_new: bool = False


Answer = Sent | Held | Exception  # to an attempt


class Reading(NamedTuple):
    """A person's request to mark messages as read, up to a sequence."""

    conversation_id: int
    reader: Person
    sequence: int


class ReadMark(msgspec.Struct, kw_only=True, frozen=True):
    """A person's read mark, as it was stored.

    `moved` is False if the person had already read as far. `badge_changed` is True if everything is
    now read, which marked a notification as read. `hidden`: the other side must not know.
    """

    conversation_id: int
    consumer_id: int
    shop_id: int
    user_id: int
    side: Side
    sequence: int
    moved: bool
    badge_changed: bool
    hidden: bool
