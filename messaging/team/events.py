"""Announce changes only to a shop's team: the shopper's group gets none of them.

`queries.alerted` says which members a message from the shopper alerts.
"""

from collections.abc import Iterable

from django.db import transaction
from msgspec import Struct

from messaging.access import seller_group
from messaging.host import host
from messaging.models import Conversation
from trato.people import Person
from trato.realtime import groups
from trato.realtime.frames import encode

from .frames import GONE, AlertsChanged, LabelsChanged, LookingSeen


def send(conversation: Conversation, frame: Struct) -> None:
    """Send the team of a conversation a frame on commit."""
    changed_many([(conversation, frame)])


def changed_many(changes: Iterable[tuple[Conversation, Struct]]) -> None:
    """Send the teams of several conversations their frames on commit, in one publish."""
    events = [addressed(conversation, frame) for conversation, frame in changes]
    transaction.on_commit(lambda: groups.send_many(events))


def labels_changed(shop_id: int, frame: LabelsChanged) -> None:
    """Send all members of a shop the changes to its labels, on commit."""
    event = {"type": "team.event", "frame": encode(frame)}
    groups.send_on_commit([seller_group(shop_id)], event)


def looking(
    conversation_id: int, consumer_id: int, shop_id: int, person: Person, doing: str
) -> None:
    """Tell the team now what a member is doing in a conversation. Only for the event loop.

    Args:
        doing: as in `client_frames.Looking`, or `GONE` if one of the person's tabs has left the
            conversation.
    """
    frame = LookingSeen(conversation_id, person.pk, host.display_name(person), doing)
    event = _event(conversation_id, consumer_id, frame)
    event = {**event, "user": person.pk, "is_gone": doing == GONE}
    groups.send([seller_group(shop_id)], event)


def alerts_changed(person: Person) -> None:
    """On commit, tell a person's tabs that their choice of alerts has changed."""
    event = {"type": "chat.message", "frame": encode(AlertsChanged())}
    groups.send_on_commit([groups.user_group(person.pk)], event)


def addressed(conversation: Conversation, frame: Struct) -> groups.Addressed:
    """Return an event with a frame, addressed to a conversation's team."""
    event = _event(conversation.pk, conversation.consumer_id, frame)
    return (seller_group(conversation.shop_id),), event


def _event(conversation_id: int, consumer_id: int, frame: Struct) -> groups.Event:
    """Return a layer event.

    It names the shopper, who may have joined the shop since and must not get it. It has no
    `revision`, because events with a revision are sorted among the conversation's own events.
    """
    return {
        "type": "team.event",
        "conversation": conversation_id,
        "consumer": consumer_id,
        "frame": encode(frame),
    }
