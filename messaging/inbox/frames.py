"""The list of conversations as JSON."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from messaging.frames import Sender
from messaging.models import Message
from messaging.team.frames import LabelItem

from .rows import Marks

PREVIEW = 140  # characters


class Row(Struct, kw_only=True):
    """A conversation in a person's list; see docs/protocol.md."""

    conversation: int
    last_sequence: int
    turn: str
    waiting_since: datetime | None
    unread: bool
    starred: bool
    archived: bool
    muted: bool
    snoozed_until: datetime | None
    labels: list[LabelItem]
    assignee: Sender | None
    counterpart: str
    product: str
    preview: str
    last_message_at: datetime | None

    @classmethod
    def of(cls, row: Any, marks: Marks) -> "Row":
        """Return the item for a row that `queries` has loaded."""
        said = row.previewed
        return cls(
            conversation=row.pk,
            last_sequence=row.last_sequence,
            turn=row.turn,
            waiting_since=row.waiting_since,
            unread=row.is_unread,
            starred=marks.starred,
            archived=marks.archived,
            muted=marks.muted,
            snoozed_until=marks.snoozed_until,
            labels=[LabelItem(one.pk, one.name, one.colour) for one in marks.labels],
            assignee=Sender(marks.assignee.pk, marks.assignee_name) if marks.assignee else None,
            counterpart=row.counterpart,
            product=row.product_title,
            preview=preview_of(said) if said else "",
            last_message_at=row.last_message_at,
        )


def preview_of(said: Message) -> str:
    """Return the beginning of a message, or what is attached to it if it has no text."""
    if said.is_hidden:
        return ""
    return said.body[:PREVIEW] or said.get_attached_display()


class ConversationList(Struct, kw_only=True):
    """A page of a list; `next` is the `before=` of the request for the following page."""

    rows: list[Row]
    counts: dict[str, int]
    next: str | None
