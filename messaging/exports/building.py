"""Prepare large exports in the background, each once.

An export takes minutes, so the process holds no transaction and no connection meanwhile. It claims
the row for `EXPORT_LEASE_SECONDS`, renews the claim while it works, and finally marks the export as
ready in one transaction. If it is killed, the claim expires, and the next process starts again and
deletes what the first one stored.
"""

import tempfile
import time
from datetime import timedelta
from typing import IO, Any

import structlog
from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone, translation

from messaging import access
from messaging.due import loop
from messaging.due.claims import claimed
from messaging.files.actions import delete_stored
from messaging.files.models import storage
from messaging.models import Conversation, Export
from trato.clock import database_now
from trato.prepared import prepared
from trato.realtime.database import give_back_connections
from trato.time_zones import zone_of

from . import actions, everything, notices
from .archive import Pieces, pieces
from .contents import collect

log = structlog.get_logger("trato.exports")

State = Export.State


class Superseded(Exception):
    """Another process is preparing the export, or somebody has deleted it."""


class Stopping(Exception):
    """This process is about to end."""


def due(limit: int) -> int:
    """Prepare waiting exports, one after another; return how many were claimed."""
    if not _waiting():
        return 0
    for count in range(limit):
        if loop.is_stopping() or not _prepare_next():
            return count
    return limit


@prepared
def _waiting() -> QuerySet[Export, int]:
    """Check whether an export is waiting. One hardly ever is, and a claim takes four statements."""
    rows = Export.objects.filter(state=State.WAITING).order_by()
    return rows.values_list("pk", flat=True)[:1]


def _prepare_next() -> bool:
    row = _claim()
    if row is None:
        return False
    if row.state == State.FAILED:
        return True
    lease = Lease(row)
    try:
        with translation.override(row.language), timezone.override(_zone(row)):
            _prepare(row, lease)
    except Superseded:
        log.info("export_superseded", export=row.pk)
    except Stopping:
        lease.rows.update(attempts=row.attempts - 1, free_at=database_now())
    except Exception:
        log.exception("export_failed", export=row.pk, attempt=row.attempts)
        lease.rows.update(free_at=_later(settings.EXPORT_RETRY_SECONDS))
    return True


@transaction.atomic
def _claim() -> Export | None:
    """Claim the next export for one attempt, or mark it as failed if none are left."""
    waiting = Export.objects.filter(state=State.WAITING, free_at__lte=database_now())
    rows = claimed(waiting.order_by("free_at", "pk"), 1)
    if not rows:
        return None
    [row] = rows
    # Before the row gets a new name: if this process dies now, the next one deletes the file again.
    delete_stored([row.stored_name])
    if row.attempts >= settings.EXPORT_ATTEMPTS_MAX:
        row.state, row.expires_at = State.FAILED, _later(settings.EXPORT_HOURS * 3600)
        row.save(update_fields=["state", "expires_at"])
        notices.notify(row, row.conversation)
        return row
    row.stored_as = Export._meta.get_field("stored_as").get_default()
    row.attempts += 1
    row.free_at = _later(settings.EXPORT_LEASE_SECONDS)
    row.save(update_fields=["stored_as", "attempts", "free_at"])
    return row


def _prepare(row: Export, lease: "Lease") -> None:
    try:
        conversation = _conversation_of(row)
    except Http404:  # left the shop, or was suspended
        actions.delete(lease.rows)
        return

    def after_page() -> None:
        lease.renew()
        time.sleep(settings.EXPORT_PAUSE_SECONDS)  # let other threads run: rendering is pure Python

    if conversation is None:
        parts = everything.pieces(row.owner, row.revisions, after_page)
    else:
        contents = collect(conversation, conversation.side_of(row.owner_id), after_page)
        parts = pieces(contents)
    give_back_connections()
    with tempfile.TemporaryFile() as target:
        size = _write(parts, target, lease)
        try:
            storage().save(row.stored_name, _LeasedFile(target, lease))
            _finish(row, lease, conversation, size)
        except BaseException:
            delete_stored([row.stored_name])
            raise


def _conversation_of(row: Export) -> Conversation | None:
    """Return an export's conversation. Raises Http404 if its owner no longer takes part in it."""
    if row.conversation_id is not None:
        return access.conversation_for(row.owner, row.conversation_id)
    if not row.owner.is_active:
        raise Http404("no such person")
    return None


def _write(parts: Pieces, target: IO[bytes], lease: "Lease") -> int:
    for piece in parts:
        target.write(piece)
        lease.renew()
    size = target.tell()
    target.seek(0)
    return size


@transaction.atomic
def _finish(row: Export, lease: "Lease", conversation: Conversation | None, size: int) -> None:
    row.state, row.size = State.READY, size
    if conversation is not None:
        row.revision, row.last_sequence = conversation.revision, conversation.last_sequence
    row.expires_at = _later(settings.EXPORT_HOURS * 3600)
    columns = ("state", "size", "revision", "last_sequence", "revisions", "expires_at")
    if not lease.rows.update(**{name: getattr(row, name) for name in columns}):
        raise Superseded
    notices.notify(row, conversation)


class Lease:
    """The claim that one attempt has on its export; `rows` is empty once it is lost."""

    def __init__(self, row: Export) -> None:
        self.rows = Export.objects.filter(
            pk=row.pk, stored_as=row.stored_as, state=State.WAITING
        ).order_by()
        self._renewed = time.monotonic()

    def renew(self) -> None:
        """Renew the claim, unless it was renewed a short time ago.

        Raises:
            Superseded: the claim is lost, or the export was deleted.
            Stopping: the process is about to end.
        """
        if loop.is_stopping():
            raise Stopping
        if time.monotonic() - self._renewed < settings.EXPORT_LEASE_SECONDS / 10:
            return
        if not self.rows.update(free_at=_later(settings.EXPORT_LEASE_SECONDS)):
            raise Superseded
        give_back_connections()
        self._renewed = time.monotonic()


class _LeasedFile(File[Any]):
    """A file that renews the claim while the storage reads it, in chunks or as a stream."""

    def __init__(self, file: IO[bytes], lease: Lease) -> None:
        super().__init__(file, "export.zip")
        self._lease = lease

    def read(self, size: int = -1) -> Any:
        self._lease.renew()
        return super().read(size)


def _later(seconds: float) -> Any:
    return database_now() + timedelta(seconds=seconds)


def _zone(row: Export) -> Any:
    return zone_of(row.time_zone) or timezone.get_default_timezone()
