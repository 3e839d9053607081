"""The response to an action, and the events that it sends to a person's other tabs."""

from collections.abc import Collection
from datetime import datetime
from typing import Self

from django.utils import timezone
from msgspec import Struct

from messaging.models import Conversation, Participant
from trato.errors import Code


class Outcome(Struct, kw_only=True):
    """An action's result: the conversations it changed, those it couldn't, and an undo token."""

    done: list[int]
    failed: dict[int, str]  # error codes
    undo: str = ""


class Impossible(Exception):
    """An action isn't possible in one conversation; `code` says why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


class OwnState(Struct, kw_only=True):
    """One person's own state of a conversation."""

    conversation: int
    archived: bool
    starred: bool
    snoozed_until: datetime | None
    muted: bool
    unread_from: int | None

    @classmethod
    def of(cls, conversation: Conversation, own: Participant | None) -> Self:
        if own is None:
            own = Participant(conversation=conversation)
        return cls(
            conversation=conversation.pk,
            archived=holds(own.archived_sequence, conversation),
            starred=own.starred_at is not None,
            snoozed_until=own.snoozed_until if is_asleep(conversation, own) else None,
            muted=own.muted_at is not None,
            unread_from=own.unread_from or None,
        )


class Muted(Struct, tag="conversations.muted"):
    """The conversations whose messages a person's pages don't announce.

    If the person `has_chosen` what alerts them, `conversation/<id>/alerts/` tells whether another
    conversation does.
    """

    conversations: Collection[int]
    has_chosen: bool


class OwnChanged(Struct, tag="own.changed"):
    """Changes to a person's own state of conversations, for their other tabs."""

    conversations: Collection[OwnState]


def holds(sequence: int | None, conversation: Conversation) -> bool:
    """Whether no message has arrived since the one that was last at the time."""
    return sequence is not None and sequence >= conversation.last_sequence


def is_asleep(conversation: Conversation, own: Participant) -> bool:
    """Whether a person's snooze still lasts. It ends at its time, or when a message arrives."""
    until = own.snoozed_until
    return (
        until is not None and until > timezone.now() and holds(own.snoozed_sequence, conversation)
    )
