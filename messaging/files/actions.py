"""Upload, describe and discard files; delete the files of deleted messages."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from messaging import access
from messaging.models import Conversation, File, ScheduledMessage
from trato import rate_limits
from trato.errors import Refused, no_room, unavailable
from trato.images.queue import Uploader
from trato.people import Person
from trato.stored_files.actions import PRIVATE, delete_on_commit
from trato.text import drop_bidi_controls, has_control_characters, is_blank

from . import queries, sending
from .inspection import Inspected, inspect
from .models import ALT_MAX_CHARACTERS, UNSENT, StoredFile, storage

log = structlog.get_logger("trato.files")

_AUTHOR_HAS_TOO_MANY = _(
    "We can't keep more files for the author of this message. Write one of your own."
)
COLUMNS = (
    "kind", "name", "alt", "extension", "size", "width", "height", "picture_hash", "codes",
)  # fmt: skip
Row = TypeVar("Row", bound=StoredFile)


def upload(
    actor: Person,
    conversation_id: int,
    client_id: uuid.UUID,
    content: UploadedFile[bytes],
    uploader: Uploader,
) -> File:
    """Store a file, so that a message can be sent with it.

    A repeated `client_id` returns the first file, whatever the new content is.

    Raises:
        Http404: the conversation doesn't exist, or the actor doesn't take part in it.
        Refused: `invalid` or `too_long` for the file, `forbidden` in a conversation that has ended
            or with too many files, `rate_limited` after too many uploads, `unavailable` to try
            again later.
    """
    conversation = access.conversation_for(actor, conversation_id)
    if earlier := _hold(actor, conversation, client_id):
        return earlier
    access.require_writable(conversation, actor.pk)
    _check_quota(actor, content.size or 0)  # before the work; checked again under the lock
    rate_limits.hit("FILES_PER_HOUR", actor.pk)
    inspected = inspect(content, uploader)
    row = _reserve(actor, conversation, client_id, inspected)
    store(row, inspected.contents, uploader.has_gone)
    return row


def copy(actor: Person, conversation_id: int, sources: Sequence[StoredFile]) -> list[File]:
    """Copy stored files into a conversation, where the actor can send them like uploads.

    Raises:
        Http404: the conversation doesn't exist, or the actor doesn't take part in it.
        Refused: `forbidden` in a conversation that has ended or with too many files, `rate_limited`
            after too many, `not_found` if a file is gone, `unavailable` if they can't be stored
            now. No file is copied in any of these cases.
    """
    conversation = access.conversation_for(actor, conversation_id)
    access.require_writable(conversation, actor.pk)
    _check_quota(actor, sum(source.size for source in sources), len(sources))
    copies: list[File] = []
    try:
        for source in sources:
            rate_limits.hit("FILES_PER_HOUR", actor.pk)
            row = _reserve(actor, conversation, uuid.uuid4(), source)
            store(row, contents_of(source))
            copies.append(row)
    except BaseException:
        delete(File.objects.filter(pk__in=[row.pk for row in copies]))
        raise
    return copies


def describe(actor: Person, conversation_id: int, file_id: int, alt: str) -> File:
    """Give the actor's own unsent file an alt text. That also keeps it from being purged for a day.

    Raises:
        Http404: there is no such file, it isn't the actor's, or it was sent or scheduled.
        Refused: `too_long` or `invalid` for the text.
    """
    alt = " ".join(drop_bidi_controls(alt).split())
    if is_blank(alt):
        alt = ""  # the name is used instead
    if len(alt) > ALT_MAX_CHARACTERS:
        raise Refused("too_long", _("That description is too long. Please shorten it."))
    if has_control_characters(alt):
        raise Refused("invalid", _("The message contains characters that can't be shown."))
    row = queries.file_for(actor, conversation_id, file_id)
    rows = File.objects.filter(pk=row.pk, **UNSENT)
    if not rows.update(alt=alt, held_at=timezone.now()):
        raise Http404("no such unsent file")
    row.alt = alt
    return row


@transaction.atomic
def discard(actor: Person, conversation_id: int, file_id: int) -> None:
    """Delete the actor's own unsent file.

    Raises:
        Http404: there is no such file, it isn't the actor's, or it was sent or scheduled.
    """
    row = queries.file_for(actor, conversation_id, file_id)
    if not delete(File.objects.filter(pk=row.pk, **UNSENT)):
        raise Http404("no such unsent file")


def discard_upload(actor: Person, conversation_id: int, client_id: uuid.UUID) -> None:
    """Delete the actor's own unsent file by its `client_id`, even while it is being stored.

    Browsers use it for an upload that was cancelled before its response arrived. The file needn't
    exist.

    Raises:
        Http404: the conversation doesn't exist, or the actor doesn't take part in it.
    """
    conversation = access.conversation_for(actor, conversation_id)
    own = File.objects.filter(owner=actor.pk, conversation=conversation, **UNSENT)
    delete(own.filter(client_id=client_id))


def schedule(row: ScheduledMessage, ids: Sequence[int], actor: Person) -> None:
    """Give a scheduled message these files and no others, in the transaction that stores it.

    They then belong to its author and count towards the author's quota. Files that the message no
    longer has are deleted.

    Args:
        ids: the files in their order. Each one already belongs to the message, or was uploaded to
            the conversation by the actor and not sent.

    Raises:
        Refused: `invalid` if there are too many; `not_found` if neither is true of a file;
            `forbidden` if the author would have too many files.
    """
    own = Q(owner=actor.pk, conversation=row.conversation_id, **UNSENT)
    kept = keep(File.objects.filter(Q(scheduled=row) | own & Q(pk__in=ids), is_ready=True), ids)
    if given := [file for file in kept if file.owner_id != row.author_id]:
        text = None if row.author_id == actor.pk else _AUTHOR_HAS_TOO_MANY
        _check_quota(row.author, sum(file.size for file in given), len(given), text)
    for position, file in enumerate(kept):
        if file.owner_id != row.author_id:
            file.owner_id, file.client_id = row.author_id, uuid.uuid4()
        file.scheduled, file.position = row, position
        file.save(update_fields=["owner", "client_id", "scheduled", "position"])


def keep(rows: QuerySet[Row], ids: Sequence[int]) -> list[Row]:
    """Lock files; delete those that are not listed, and return the others in the listed order.

    Raises:
        Refused: `invalid` if too many are listed; `not_found` if an ID isn't a file's or is
            repeated.
    """
    sending.check_number(ids)
    files = list(rows.select_for_update(of=("self",)).order_by("pk"))
    kept = sending.in_order(files, ids)
    if dropped := [file.pk for file in files if file.pk not in ids]:
        delete(rows.model._default_manager.filter(pk__in=dropped))
    return kept


@transaction.atomic
def delete(rows: QuerySet[Row]) -> int:
    """Delete rows of files and, on commit, their stored files; return how many rows."""
    locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
    rows.model._default_manager.filter(pk__in=[row.pk for row in locked]).delete()
    delete_on_commit([name for row in locked for name in row.stored_names()], PRIVATE)
    return len(locked)


def _hold(actor: Person, conversation: Conversation, client_id: uuid.UUID) -> File | None:
    """Return the file that the actor uploaded under a `client_id`, if any; keep it longer."""
    rows = File.objects.filter(
        owner=actor.pk, conversation=conversation, client_id=client_id, is_ready=True
    )
    rows.update(held_at=timezone.now())
    return rows.first()


def _check_quota(
    person: Person, size: int, number: int = 1, text: str | Promise | None = None
) -> None:
    count, stored = queries.stored_by(person)
    if (
        count + number > settings.FILES_PER_PERSON
        or stored + size > settings.FILES_PER_PERSON_BYTES
    ):
        text = text or _("You have sent as many files as we can keep for you.")
        raise Refused("forbidden", text)


@transaction.atomic
def _reserve(
    actor: Person,
    conversation: Conversation,
    client_id: uuid.UUID,
    content: Inspected | StoredFile,
) -> File:
    """Store a file's row before its content."""
    access.lock_writer(actor)  # the person's other uploads wait
    same = File.objects.filter(owner=actor.pk, conversation=conversation, client_id=client_id)
    delete(same.filter(is_ready=False))  # the upload was cut off, or continues and will be refused
    if same.exists():
        raise unavailable()
    _check_quota(actor, content.size)
    return File.objects.create(
        conversation=conversation, owner_id=actor.pk, client_id=client_id, **columns_of(content)
    )


def columns_of(content: Inspected | StoredFile) -> dict[str, Any]:
    """Return the columns that describe a file's content."""
    return {name: getattr(content, name) for name in COLUMNS}


def store(
    row: StoredFile, contents: Iterable[bytes], has_gone: Callable[[], bool] = lambda: False
) -> None:
    """Write the content of a row to the storage, and mark the row as ready.

    Args:
        contents: the file, then its thumbnails, as in `SIDES`.
        has_gone: returns whether the uploading client has disconnected.

    Raises:
        Refused: `unavailable` if the disk is full, the client has disconnected, or another upload
            has replaced the row. The row and its stored files are then deleted.
    """
    own = type(row)._default_manager.filter(pk=row.pk)
    try:
        _write(row, contents)
        # Cancelled, or the connection was lost: the client then sends the whole file again.
        if has_gone():
            raise unavailable()
        # Fails if a repeated upload has replaced the row meanwhile.
        if not own.filter(is_ready=False).update(is_ready=True):
            raise unavailable()
    except BaseException:
        delete(own)
        delete_stored(row.stored_names())
        raise
    row.is_ready = True


def _write(row: StoredFile, contents: Iterable[bytes]) -> None:
    try:
        for name, content in zip(row.stored_names(), contents, strict=True):
            storage().save(name, ContentFile(content))
    except OSError as error:  # the disk is full
        log.error("file_not_stored", error=type(error).__name__)
        raise no_room() from error


def contents_of(source: StoredFile) -> Iterator[bytes]:
    """Yield a stored file's content, then its thumbnails.

    Raises:
        Refused: `not_found` if it is missing from the storage.
    """
    for name in source.stored_names():
        try:
            with storage().open(name) as content:
                yield content.read()
        except FileNotFoundError as error:
            raise Refused("not_found", sending.GONE) from error


def delete_stored(names: Iterable[str]) -> None:
    """Delete files from the storage. A failure is only logged: the action is already committed."""
    for name in names:
        try:
            storage().delete(name)
        except OSError as error:
            log.error("file_not_deleted", name=name, error=type(error).__name__)
