"""Announce committed changes to both sides of a conversation; each frame is encoded once."""

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from msgspec import Struct

from notifications import actions as notifications
from trato.people import Person
from trato.realtime import groups
from trato.realtime.frames import encode

from . import frames, message_extras
from .access import consumer_group, seller_group
from .host import host
from .models import SUBJECT_KIND, Conversation, Message, Side
from .records import ReadMark, Sent

ANNOUNCED_MAX = 10_000  # messages that this process remembers having announced
REANNOUNCE_FOR = timedelta(minutes=10)  # an older message is no longer announced

_announced: OrderedDict[int, None] = OrderedDict()
_announced_lock = threading.Lock()


def messages_created(sents: Sequence[Sent]) -> None:
    """Announce committed messages to both sides."""
    groups.send_many([_event(sent, frames.MessageCreated.of(sent)) for sent in sents])
    _note_announced(sents)


def badges_changed(sents: Sequence[Sent]) -> None:
    """Recount the badges of everybody whose unread notifications the messages may have changed."""
    names = {groups.user_group(user_id) for sent in sents for user_id in sent.badges}
    # A repeated message doesn't tell whom its first send notified: anybody on the other side.
    names.update(_other_side(sent) for sent in sents if not sent.is_new)
    _count_again(names)


def may_be_unannounced(sent: Sent) -> bool:
    """Whether a repeated message may have been stored the first time but never announced.

    That happens if the process dies, or gives up on the send, after storing the message and before
    announcing it. This process knows what it has announced itself; receivers ignore a second
    announcement.
    """
    return sent.id not in _announced and timezone.now() - sent.created_at < REANNOUNCE_FOR


def _note_announced(sents: Sequence[Sent]) -> None:
    with _announced_lock:  # shared by the event loop and the threads of requests
        _announced.update((sent.id, None) for sent in sents)
        while len(_announced) > ANNOUNCED_MAX:
            _announced.popitem(last=False)


def excerpt_changed(message: Message, before: str, now: str | None = None) -> None:
    """Replace a changed message's excerpt in the notifications of the other side.

    Args:
        before: the message's text when they were notified.
        now: None if somebody has removed or withdrawn it.
    """
    conversation = message.conversation
    notifications.replace_excerpt(
        subject_kind=SUBJECT_KIND,
        subject_id=conversation.pk,
        team_id=conversation.shop_id if message.side == Side.CONSUMER else 0,
        excerpt=message_extras.excerpt_of(message, before),
        by=message_extras.excerpt_of(message, now) if now is not None else "",
    )


def excerpt_shown_again(message: Message) -> None:
    """Put the excerpt of a side's last message back into the other side's notifications."""
    conversation = message.conversation
    notifications.replace_excerpt(
        subject_kind=SUBJECT_KIND,
        subject_id=conversation.pk,
        team_id=conversation.shop_id if message.side == Side.CONSUMER else 0,
        excerpt="",
        by=message_extras.excerpt_of(message, message.body),
    )


def message_changed(message: Message) -> None:
    """On commit, announce to both sides that a message has changed."""
    sent = message_extras.sent_of(message)
    event = _event(sent, frames.MessageChanged.of(sent))
    transaction.on_commit(lambda: groups.send_many([event]))


def conversations_ended(rows: Iterable[Conversation]) -> None:
    """On commit, announce to both sides that nobody can write in these conversations any more."""
    ended = [
        (
            groups_of(row),
            {
                "type": "chat.message",
                "conversation": row.pk,
                "frame": encode(frames.ConversationEnded(row.pk, row.revision, row.is_closed)),
                "revision": row.revision,
            },
        )
        for row in rows
    ]
    transaction.on_commit(lambda: groups.send_many(ended))


def conversation_reopened(row: Conversation) -> None:
    """On commit, announce to both sides that staff no longer keep a conversation closed."""
    send_change(row, frames.ConversationReopened(row.pk, row.revision))


def send_change(conversation: Conversation, frame: Struct) -> None:
    """On commit, send both sides the frame for a conversation's new revision."""
    event = {"type": "chat.message", "conversation": conversation.pk, "frame": encode(frame)}
    event["revision"] = conversation.revision
    groups.send_on_commit(groups_of(conversation), event)


def messages_read(marks: Iterable[ReadMark]) -> None:
    """Announce how far people have read, and recount the readers' badges.

    The reader's own side always gets the mark; the other side gets it unless the reader hides it.
    """
    marks = dict.fromkeys(marks)  # the same mark may occur twice
    groups.send_many([_read(mark) for mark in marks if mark.moved])
    # A mark that did not move may have been stored by an earlier statement whose response was lost.
    changed = [mark for mark in marks if mark.badge_changed or not mark.moved]
    _count_again({groups.user_group(mark.user_id) for mark in changed})


def inbox_changed(conversations: Iterable[Conversation]) -> None:
    """On commit, announce to both sides whose turn it now is in these conversations."""
    changed = [
        (
            groups_of(row),
            {
                "type": "chat.message",
                "conversation": row.pk,
                "frame": encode(frames.InboxChanged(row.pk, row.turn, row.waiting_since)),
            },
        )
        for row in conversations
    ]
    transaction.on_commit(lambda: groups.send_many(changed))


def send_to_both(conversation: Conversation, frame: Struct) -> None:
    """On commit, send both sides a frame that changes no message."""
    event = {"type": "chat.message", "conversation": conversation.pk, "frame": encode(frame)}
    groups.send_on_commit(groups_of(conversation), event)


def to_person(user_id: int, frame: Struct) -> None:
    """Send a frame to all sockets of one person, and to nobody else."""
    event = {"type": "chat.own", "frame": encode(frame)}
    groups.send([groups.user_group(user_id)], event)


def block_changed(
    consumer_id: int, shop_id: int, conversation_ids: list[int], blocked_by: str
) -> None:
    """On commit, let both sides' sockets react to a block. Only the blocker's pages show it."""
    event = {
        "type": "chat.restriction",
        "conversations": conversation_ids,
        "blocked_by": blocked_by,
    }
    both = consumer_group(consumer_id), seller_group(shop_id)
    groups.send_on_commit(both, event)


def typing(
    conversation_id: int,
    consumer_id: int,
    shop_id: int,
    person: Person,
    *,
    stopped: bool,
    hidden: bool,
) -> None:
    """Announce that somebody is typing or has stopped. Stores nothing. On the event loop only.

    Args:
        hidden: whether only the person's own side may know.
    """
    side = Side.CONSUMER if person.pk == consumer_id else Side.SELLER
    frame = encode(
        frames.TypingSeen(
            conversation_id, side, person.pk, host.display_name(person), stopped=stopped
        )
    )
    event = {"type": "chat.typing", "conversation": conversation_id, "user": person.pk}
    names, about = _of_one_side(consumer_id, shop_id, side, hidden=hidden)
    groups.send(names, {**event, **about, "frame": frame})


def _read(mark: ReadMark) -> groups.Addressed:
    names, about = _of_one_side(mark.consumer_id, mark.shop_id, mark.side, hidden=mark.hidden)
    event = {"type": "chat.read", "conversation": mark.conversation_id, **about}
    return names, {**event, "frame": encode(frames.ConversationRead.of(mark))}


def _of_one_side(
    consumer_id: int, shop_id: int, side: Side, *, hidden: bool
) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Return the groups to tell what a person does, and the fields by which sockets filter it."""
    about = {"consumer": consumer_id, "side": side.value, "hidden": hidden}
    both = consumer_group(consumer_id), seller_group(shop_id)
    own = both[:1] if side is Side.CONSUMER else both[1:]
    return own if hidden else both, about


def groups_of(conversation: Conversation) -> tuple[str, ...]:
    """Return the role groups of a conversation's two sides."""
    return consumer_group(conversation.consumer_id), seller_group(conversation.shop_id)


def _other_side(sent: Sent) -> str:
    if sent.side is Side.CONSUMER:
        return seller_group(sent.shop_id)
    return consumer_group(sent.consumer_id)


def _count_again(names: Collection[str]) -> None:
    if names:
        groups.send(names, {"type": "badge.changed"})


def _event(sent: Sent, frame: Struct) -> groups.Addressed:
    """Return an event with a frame for both sides, ordered by revision."""
    event = {
        "type": "chat.message",
        "conversation": sent.conversation_id,
        "frame": encode(frame),
        "revision": sent.revision,
    }
    return (consumer_group(sent.consumer_id), seller_group(sent.shop_id)), event
