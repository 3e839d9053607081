"""The answer to an act, and the events that it sends to a person's other tabs."""

from collections.abc import Collection
from datetime import datetime
from typing import Self

from django.utils import timezone
from msgspec import Struct

from messaging.models import Conversation, Participant
from trato.errors import Code


class Outcome(Struct, kw_only=True):
    """What an act has done: with which conversations, with which it failed, and how to undo it."""

    done: list[int]
    failed: dict[int, str]  # error codes
    undo: str = ""


class Impossible(Exception):
    """An act can't be done with one conversation; `code` says why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


class OwnState(Struct, kw_only=True):
    """What a conversation is to one person only."""

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

    If the person `has_chosen` what alerts them, `conversation/<id>/alerts/` says it of the others.
    """

    conversations: Collection[int]
    has_chosen: bool


class OwnChanged(Struct, tag="own.changed"):
    """What a person has changed for themselves, for their other tabs."""

    conversations: Collection[OwnState]


def holds(sequence: int | None, conversation: Conversation) -> bool:
    """Whether there is no message since the one that was last then."""
    return sequence is not None and sequence >= conversation.last_sequence


def is_asleep(conversation: Conversation, own: Participant) -> bool:
    """Whether a person has snoozed a conversation until a time to come, without a message since."""
    until = own.snoozed_until
    return (
        until is not None and until > timezone.now() and holds(own.snoozed_sequence, conversation)
    )
