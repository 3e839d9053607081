"""The changes that somebody may still make to a message, and its earlier texts."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from messaging.models import Message, MessageVersion, Side
from trato.people import Person


@dataclass(frozen=True)
class Allowed:
    """A person's options for a message now; the actions check again."""

    edit: bool
    withdraw: bool


def allowed(message: Message, user: Person) -> Allowed:
    """Return what a person who takes part in the conversation may do with a message."""
    is_own = message.sender_id == user.pk and not message.is_automatic and not message.is_hidden
    age = timezone.now() - message.created_at
    is_open = message.conversation.ended_at is None
    return Allowed(
        edit=is_own and is_open and age <= timedelta(minutes=settings.MESSAGE_EDIT_MINUTES),
        withdraw=is_own and age <= timedelta(hours=settings.MESSAGE_WITHDRAW_HOURS),
    )


def versions_for(message: Message, side: Side) -> list[MessageVersion]:
    """Return the earlier texts of a message, oldest first, if a side may see them.

    Only the side that wrote the message may, and nobody once it is removed or withdrawn.
    """
    if message.edited_at is None or message.is_hidden or message.side != side:
        return []
    return list(message.versions.order_by("number"))


def address(message: Message) -> str:
    """Return the URL of a message in its conversation."""
    return f"{message.conversation.page_of(message.sequence)}#message-{message.sequence}"
