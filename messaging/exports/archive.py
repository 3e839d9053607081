"""The ZIP, in pieces: nothing of it is ever in memory or on disk as a whole, unless stored.

Files are stored as they are, because pictures and PDFs can't be compressed any more.
"""

import io
import zipfile
from collections.abc import AsyncIterator, Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from typing import IO, Any

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings

from messaging.files.models import storage

from .contents import Contents

log = structlog.get_logger("trato.exports")

Pieces = Generator[bytes, None, None]

PIECE_BYTES = 256 * 1024


class _Sink(io.RawIOBase):
    """Takes what a ZipFile writes, which so can't go back to an earlier place."""

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
    """Yield the ZIP of an export, in pieces of about `PIECE_BYTES`; at the end, close it.

    A file that is gone from the storage is left out.
    """
    sink = _Sink()
    try:
        with zipfile.ZipFile(sink, "w") as archive:
            own = (("conversation.html", contents.page), ("conversation.json", contents.json))
            for name, text in own:
                entry = _entry(
                    name, contents.exported_at.astimezone(contents.zone), zipfile.ZIP_DEFLATED
                )
                yield from _copy(text, archive, entry, sink)
            for name, stored_name, sent_at in contents.files:
                try:
                    file = storage().open(stored_name)
                except FileNotFoundError:  # deleted with an account, or by retention
                    log.warning("file_gone", conversation=contents.conversation.pk)
                    continue
                with file:
                    entry = _entry(name, sent_at.astimezone(contents.zone), zipfile.ZIP_STORED)
                    yield from _copy(file, archive, entry, sink)
        yield sink.take()
    finally:
        contents.close()


def _entry(name: str, at: datetime, method: int) -> zipfile.ZipInfo:
    year, month, day, hour, minute, second = at.timetuple()[:6]
    entry = zipfile.ZipInfo(name, (year, month, day, hour, minute, second))
    entry.compress_type = method
    entry.external_attr = 0o644 << 16
    return entry


def _copy(
    source: IO[bytes], archive: zipfile.ZipFile, entry: zipfile.ZipInfo, sink: _Sink
) -> Pieces:
    with archive.open(entry, "w") as target:
        while chunk := source.read(PIECE_BYTES):
            target.write(chunk)
            if sink.size >= PIECE_BYTES:
                yield sink.take()


async def streamed(parts: Pieces) -> AsyncIterator[bytes]:
    """Yield the same pieces for an asynchronous response, made in one of a few threads.

    Between two pieces no thread is taken: a slow client keeps nobody waiting.
    """
    step = sync_to_async(_next, thread_sensitive=False, executor=_threads())
    while piece := await step(parts):
        yield piece


def _next(parts: Pieces) -> bytes:
    return next(parts, b"")


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings.EXPORT_THREADS, thread_name_prefix="export")
