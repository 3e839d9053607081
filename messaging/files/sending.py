"""Attach files to the message being stored."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from messaging.models import Attached, Conversation, File, HeldMessage, Message
from messaging.records import Attempt
from trato.errors import Refused, when_shown

from .models import Kind, StoredFile

GONE = _("A file of this message is gone. Choose it again.")
Row = TypeVar("Row", bound=StoredFile)


def claim(conversation: Conversation, attempt: Attempt) -> list[File]:
    """Lock the files of an attempt, and return them in its order.

    Raises:
        Refused: `invalid` if there are too many; `not_found` if one is listed twice, doesn't exist,
            belongs to somebody else or to another conversation, or was already sent.
    """
    check_number(attempt.files)
    rows = File.objects.select_for_update(of=("self",)).filter(
        pk__in=attempt.files,
        conversation=conversation,
        owner=attempt.sender_id,
        message=None,
        scheduled=attempt.scheduled,
        held_message=attempt.released,
        is_ready=True,
    )
    return in_order(rows.order_by("pk"), attempt.files)


def check_number(ids: Sequence[int]) -> None:
    """Refuse more files than a message can have."""
    limit = settings.MESSAGE_FILES_MAX
    if len(ids) > limit:
        text = _("A message can have at most %(limit)s files.")
        raise Refused("invalid", when_shown(lambda: text % {"limit": limit}))


def in_order(rows: Iterable[Row], ids: Sequence[int]) -> list[Row]:
    """Return files in the order of the IDs; refuse them if one is missing or listed twice."""
    files = {row.pk: row for row in rows}
    if len({*ids} & {*files}) != len(ids):
        raise Refused("not_found", GONE)
    return [files[pk] for pk in ids]


def attach(message: Message, files: Sequence[File]) -> None:
    """Give claimed files to a message that was stored in the same transaction."""
    for position, file in enumerate(files):
        file.message, file.position = message, position
        file.scheduled = file.held_message = None
        file.save(update_fields=["message", "position", "scheduled", "held_message"])


def hold(row: HeldMessage, files: Sequence[File]) -> None:
    """Keep claimed files for a message that was held in the same transaction."""
    for position, file in enumerate(files):
        file.held_message, file.position, file.scheduled = row, position, None
        file.save(update_fields=["held_message", "position", "scheduled"])


def attached_of(files: Sequence[File]) -> str:
    """Return what conversation lists show for a message with these files."""
    if not files:
        return ""
    kinds = {file.kind for file in files}
    if kinds == {Kind.IMAGE}:
        return Attached.PHOTO if len(files) == 1 else Attached.PHOTOS
    return Attached.DOCUMENT if len(files) == 1 else Attached.FILES


def is_same(first: Message, attempt: Attempt) -> bool:
    """Whether a repeated attempt has the stored message's files, if the message still has any.

    An attempt without files isn't compared: the statement for plain text doesn't compare it either.
    """
    if not attempt.files or first.is_hidden:
        return True
    return [file.pk for file in first.files.all()] == list(attempt.files)
