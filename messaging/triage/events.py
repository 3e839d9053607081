"""Announce personal actions, only to the person's own tabs."""

from collections.abc import Collection

from trato.people import Person
from trato.realtime import groups
from trato.realtime.frames import encode

from .frames import OwnChanged, OwnState


def own_changed(person: Person, states: Collection[OwnState]) -> None:
    """Send the person's own state of conversations to all of their tabs, on commit."""
    event = {"type": "chat.message", "frame": encode(OwnChanged(states))}
    groups.send_on_commit([groups.user_group(person.pk)], event)
