"""Write a ZIP in pieces: the whole is never in memory, and is on disk only if it is stored.

Files are stored uncompressed, because pictures and PDFs can't be compressed further.
"""

import io
import zipfile
from collections.abc import AsyncIterator, Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, tzinfo
from functools import cache
from typing import IO, Any

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.files.storage import Storage

from messaging.files.models import storage

from .contents import Contents

log = structlog.get_logger("trato.exports")

Pieces = Generator[bytes, None, None]

PIECE_BYTES = 256 * 1024


class _Sink(io.RawIOBase):
    """Collects what a ZipFile writes. It can't seek, so the ZipFile never goes back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self.size += len(part)
        return len(part)

    def take(self) -> bytes:
        piece = b"".join(self._parts)
        self._parts.clear()
        self.size = 0
        return piece


def pieces(contents: Contents) -> Pieces:
    """Yield the ZIP of an export in pieces of about `PIECE_BYTES`, and close the contents.

    A file that is missing from the storage is left out.
    """
    archive = Archive(contents.zone)
    yield from archive.add_conversation(contents)
    yield archive.end()


class Archive:
    """A ZIP that is being written; its methods yield what is ready.

    Args:
        zone: the time zone for the files' timestamps.
    """

    def __init__(self, zone: tzinfo) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w")
        self._zone = zone

    def add_conversation(self, contents: Contents, folder: str = "") -> Pieces:
        """Add a conversation's page, JSON and files, and close the contents.

        Args:
            folder: the folder in the ZIP, with a trailing slash.
        """
        try:
            own = (("conversation.html", contents.page), ("conversation.json", contents.json))
            for name, text in own:
                yield from self.add_text(f"{folder}{name}", text, contents.exported_at)
            for name, stored_name, sent_at in contents.files:
                yield from self.add_stored(f"{folder}{name}", storage(), stored_name, sent_at)
        finally:
            contents.close()

    def add_text(self, name: str, text: IO[bytes], at: datetime) -> Pieces:
        """Add a text, compressed."""
        yield from self._copy(text, self._entry(name, at, zipfile.ZIP_DEFLATED))

    def add_stored(self, name: str, place: Storage, stored_name: str, at: datetime) -> Pieces:
        """Add a stored file as it is, unless it is missing from the storage."""
        try:
            file = place.open(stored_name)
        except FileNotFoundError:  # deleted with an account, or by retention
            log.warning("file_gone", name=stored_name)
            return
        with file:
            yield from self._copy(file, self._entry(name, at, zipfile.ZIP_STORED))

    def end(self) -> bytes:
        """Write the ZIP's directory, and return the last piece."""
        self._zip.close()
        return self._sink.take()

    def _entry(self, name: str, at: datetime, method: int) -> zipfile.ZipInfo:
        year, month, day, hour, minute, second = at.astimezone(self._zone).timetuple()[:6]
        entry = zipfile.ZipInfo(name, (year, month, day, hour, minute, second))
        entry.compress_type = method
        entry.external_attr = 0o644 << 16
        return entry

    def _copy(self, source: IO[bytes], entry: zipfile.ZipInfo) -> Pieces:
        with self._zip.open(entry, "w") as target:
            while chunk := source.read(PIECE_BYTES):
                target.write(chunk)
                if self._sink.size >= PIECE_BYTES:
                    yield self._sink.take()


async def streamed(parts: Pieces) -> AsyncIterator[bytes]:
    """Yield the pieces for an asynchronous response; a few threads make them.

    No thread is held between two pieces, so a slow client keeps nobody waiting.
    """
    step = sync_to_async(_next, thread_sensitive=False, executor=_threads())
    while piece := await step(parts):
        yield piece


def _next(parts: Pieces) -> bytes:
    return next(parts, b"")


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings.EXPORT_THREADS, thread_name_prefix="export")
