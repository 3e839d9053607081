"""Telling the two sides of a conversation, on commit. Each frame is encoded once for everybody."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from msgspec import Struct

from trato.people import Person
from trato.realtime import groups
from trato.realtime.frames import encode

from . import frames
from .access import consumer_group, seller_group
from .host import host
from .models import Conversation, Message, Side
from .sending.batcher import Send
from .sending.postgresql import Stored

TOLD_MAX = 10_000  # messages of which this process remembers that it told of them
NEWS_FOR = timedelta(minutes=10)  # what is older than this, nobody needs to be told as news

_told: OrderedDict[int, None] = OrderedDict()
_told_lock = threading.Lock()


def message_created(message: Message) -> None:
    """Both sides hear of a new message."""
    _tell(message.conversation, frames.MessageCreated.of(message), message.revision)
    transaction.on_commit(lambda: _note_told(message.pk))


def may_be_untold(message_id: int, created_at: datetime) -> bool:
    """Whether a message that is sent again may have been stored with nobody told of it.

    That is so where whoever stored it was given up, or died, between the two. This process knows
    what it told itself; what another one told, receivers have and pass over.
    """
    return message_id not in _told and timezone.now() - created_at < NEWS_FOR


def _note_told(message_id: int) -> None:
    with _told_lock:  # the event loop and the threads of requests
        _told[message_id] = None
        if len(_told) > TOLD_MAX:
            _told.popitem(last=False)


def message_stored(send: Send, stored: Stored) -> None:
    """Both sides hear of a new message that was stored with others; on the event loop only."""
    frame = frames.MessageCreated(
        conversation=send.conversation_id,
        consumer=stored.consumer_id,
        id=stored.id,
        sequence=stored.sequence,
        revision=stored.revision,
        client_id=send.client_id,
        side=stored.side,
        sender=frames.Sender(send.person.pk, host.display_name(send.person)),
        body=send.body,
        created_at=stored.created_at,
        removed=False,
    )
    sides = (consumer_group(stored.consumer_id), seller_group(stored.shop_id))
    groups.send(sides, _event(send.conversation_id, frame, stored.revision))
    _note_told(stored.id)


def badges_changed(user_ids: Iterable[int]) -> None:
    """These people's sockets count anew; on the event loop only."""
    for user_id in user_ids:
        groups.send([groups.user_group(user_id)], {"type": "badge.changed"})


def message_changed(message: Message) -> None:
    """Both sides hear that a message is no longer what it was."""
    _tell(message.conversation, frames.MessageChanged.of(message), message.revision)


def conversation_read(conversation: Conversation, side: Side, user_id: int, sequence: int) -> None:
    """Both sides hear how far somebody has read."""
    _tell(conversation, frames.ConversationRead(conversation.pk, side, user_id, sequence))


def marked(
    conversation_id: int, side: Side, user_id: int, sequence: int, consumer_id: int, shop_id: int
) -> None:
    """Both sides hear how far somebody has read, of a mark that was stored with others.

    On the event loop only.
    """
    frame = frames.ConversationRead(conversation_id, side, user_id, sequence)
    sides = (consumer_group(consumer_id), seller_group(shop_id))
    groups.send(sides, _event(conversation_id, frame, None))


def typing(
    conversation_id: int, sides: tuple[str, ...], side: Side, person: Person, *, stopped: bool
) -> None:
    """Both sides hear that somebody is writing, or has stopped. Nothing is stored.

    On the event loop only.
    """
    frame = encode(
        frames.TypingSeen(
            conversation_id, side, person.pk, host.display_name(person), stopped=stopped
        )
    )
    event = {"type": "chat.typing", "conversation": conversation_id, "user": person.pk}
    groups.send(sides, {**event, "frame": frame})


def groups_of(conversation: Conversation) -> tuple[str, ...]:
    """The role groups of a conversation's two sides, and nobody else's."""
    return (consumer_group(conversation.consumer_id), seller_group(conversation.shop_id))


def _tell(conversation: Conversation, frame: Struct, revision: int | None = None) -> None:
    groups.send_on_commit(groups_of(conversation), _event(conversation.pk, frame, revision))


def _event(conversation_id: int, frame: Struct, revision: int | None) -> dict[str, Any]:
    """A layer event. One with a revision is handed on in the order of revisions."""
    event = {
        "type": "chat.message",
        "conversation": conversation_id,
        "frame": encode(frame),
    }
    return event if revision is None else {**event, "revision": revision}
