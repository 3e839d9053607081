"""Tell the two sides of a conversation what is committed; each frame is encoded once for all."""

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
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
from .records import ReadMark, Sent

ANNOUNCED_MAX = 10_000  # messages of which this process remembers that it announced them
REANNOUNCE_FOR = timedelta(minutes=10)  # an older message is no news to anybody

_announced: OrderedDict[int, None] = OrderedDict()
_announced_lock = threading.Lock()


def messages_created(sents: Sequence[Sent]) -> None:
    """Tell both sides about messages that are committed."""
    groups.send_many(
        [_event(sent, frames.MessageCreated.of(sent), sent.revision) for sent in sents]
    )
    _note_announced(sents)


def badges_changed(sents: Sequence[Sent]) -> None:
    """Let everybody count again whose unread notifications some messages may have changed."""
    names = {groups.user_group(user_id) for sent in sents for user_id in sent.badges}
    # Of a repeat it is not known whom the first send has notified: one of them, at most.
    names.update(_other_side(sent) for sent in sents if not sent.is_new)
    _count_again(names)


def may_be_unannounced(sent: Sent) -> bool:
    """Whether a repeated message may have been stored the first time and never announced.

    That happens if the process dies, or gives up on the send, after storing the message and before
    announcing it. This process knows what it has announced itself; receivers ignore a second
    announcement.
    """
    return sent.id not in _announced and timezone.now() - sent.created_at < REANNOUNCE_FOR


def _note_announced(sents: Sequence[Sent]) -> None:
    with _announced_lock:  # the event loop and the threads of requests
        _announced.update((sent.id, None) for sent in sents)
        while len(_announced) > ANNOUNCED_MAX:
            _announced.popitem(last=False)


def message_changed(message: Message) -> None:
    """Tell both sides on commit that a message is no longer what it was."""
    sent = Sent.of(message)
    event = _event(sent, frames.MessageChanged.of(sent), sent.revision)
    transaction.on_commit(lambda: groups.send_many([event]))


def messages_read(marks: Iterable[ReadMark]) -> None:
    """Tell both sides how far people have read, and let the readers count their badges again."""
    marks = dict.fromkeys(marks)  # one may be there twice
    groups.send_many(
        [_event(mark, frames.ConversationRead.of(mark)) for mark in marks if mark.moved]
    )
    # One that did not move may have been stored before by a statement whose answer was lost.
    changed = [mark for mark in marks if mark.badge_changed or not mark.moved]
    _count_again({groups.user_group(mark.user_id) for mark in changed})


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
    return consumer_group(conversation.consumer_id), seller_group(conversation.shop_id)


def _other_side(sent: Sent) -> str:
    if sent.side is Side.CONSUMER:
        return seller_group(sent.shop_id)
    return consumer_group(sent.consumer_id)


def _count_again(names: Collection[str]) -> None:
    if names:
        groups.send(names, {"type": "badge.changed"})


def _event(record: Sent | ReadMark, frame: Struct, revision: int | None = None) -> groups.Addressed:
    """A frame for both sides. Frames with a revision arrive in the order of revisions."""
    event: dict[str, Any] = {
        "type": "chat.message",
        "conversation": record.conversation_id,
        "frame": encode(frame),
    }
    if revision is not None:
        event["revision"] = revision
    return (consumer_group(record.consumer_id), seller_group(record.shop_id)), event
