"""Frames that only a shop's team gets. The frames that its members send are in `client_frames`."""

import uuid
from datetime import datetime
from typing import Self

from msgspec import UNSET, Struct, UnsetType

from messaging.frames import Sender
from messaging.models import Assignment, Note
from trato.realtime.frames import encode


class AssignmentItem(Struct, kw_only=True):
    """A line between the messages; names are empty for deleted accounts."""

    team_revision: int
    actor: Sender
    assignee: Sender | None
    by_reply: bool
    created_at: datetime

    @classmethod
    def of(cls, row: Assignment) -> Self:
        assignee = Sender(row.assignee_id, row.assignee_name) if row.assignee_id else None
        return cls(
            team_revision=row.team_revision,
            actor=Sender(row.actor_id, row.actor_name),
            assignee=assignee,
            by_reply=row.by_reply,
            created_at=row.created_at,
        )


class TeamChanged(Struct, tag="team.changed", kw_only=True):
    """Something that only the team sees has changed; omitted fields have not."""

    conversation: int
    team_revision: int
    assignee: Sender | UnsetType | None = UNSET
    line: AssignmentItem | UnsetType = UNSET
    labels: list[int] | UnsetType = UNSET


class ScheduledChanged(Struct, tag="scheduled.changed"):
    """The scheduled messages of a conversation have changed."""

    conversation: int


class MembersChanged(Struct, tag="members.changed"):
    """Somebody has joined or left a shop's team, can't act for it any more, or has another name."""


MEMBERS_CHANGED = encode(MembersChanged())


class AlertsChanged(Struct, tag="alerts.changed"):
    """The person has chosen which messages alert them."""


class Alerts(Struct, tag="conversation.alerts"):
    """Whether messages from a conversation's other side alert a person."""

    conversation: int
    alerts: bool


class LabelItem(Struct):
    id: int
    name: str
    colour: str


class LabelsChanged(Struct, tag="labels.changed", kw_only=True):
    """A shop's labels that were created or changed, and the IDs of those that were deleted."""

    shop: int
    changed: list[LabelItem]
    deleted: list[int]


GONE = "gone"  # somebody has left the conversation


class LookingSeen(Struct, tag="team.looking"):
    """A colleague's activity, for members who have the conversation open. It isn't stored.

    When one of a person's tabs sends `GONE`, their other tabs get it too, and those that still show
    the conversation respond.
    """

    conversation: int
    user: int
    name: str
    doing: str


class NoteItem(Struct, kw_only=True):
    """An internal note as the team sees it; the author's name is empty for a deleted account."""

    conversation: int
    number: int
    team_revision: int
    client_id: uuid.UUID
    author: Sender
    body: str
    mentions: list[int]
    created_at: datetime

    @classmethod
    def of(cls, note: Note) -> Self:
        return cls(
            conversation=note.conversation_id,
            number=note.number,
            team_revision=note.team_revision,
            client_id=note.client_id,
            author=Sender(note.author_id, note.author_name),
            body=note.body,
            mentions=note.mentions,
            created_at=note.created_at,
        )


class NoteCreated(NoteItem, tag="note.created"):
    pass


class NotesState(Struct, tag="notes.state", kw_only=True):
    """A page of notes and assignments; the client resumes from `team_revision`.

    If there is a newer revision than the client's, it also has the current assignee and labels.
    `former` is the name of an assignee who no longer works for the shop.
    """

    conversation: int
    team_revision: int
    notes: list[NoteItem]
    assignments: list[AssignmentItem]
    more: bool
    assignee: Sender | UnsetType | None = UNSET
    former: str | UnsetType = UNSET
    labels: list[int] | UnsetType = UNSET


class People(Struct, tag="notes.people"):
    """The colleagues whom a note can mention."""

    people: list[Sender]
