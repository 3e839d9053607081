"""Daphne's handling of HTTP requests, with this site's changes.

Twisted parses forms in bodies on the event loop, before any middleware, and needlessly: Daphne
passes on the bytes. Two forms of 80 MB blocked a process for 20 s. Here bodies are not parsed, and
a body that is too large for its path is refused before it is read.

Uses private parts of Twisted, tested with 26.10: `_parsePOSTFormSubmission` of its request; the
channel's `_version`, `_command` and `_path`, which a request only has after its body was read; its
`_send100Continue`; and `_MalformedChunkedDataError`, with which it drops a connection.
"""

import asyncio
import io
import threading
from functools import cache
from typing import Any, ClassVar

import structlog
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import twisted_loop
from django.conf import settings
from twisted.internet import reactor as _reactor
from twisted.web.http import RESPONSES, _MalformedChunkedDataError

from trato.errors import is_disk_full
from trato.realtime.database import run_in_database_thread

from . import error_pages, uploads

reactor: Any = _reactor  # mypy can't analyse this untyped module
log = structlog.get_logger("trato.http")

# The first header would let a client choose the prefix of all the site's URLs. We have no
# subprotocols, and Daphne crashes on a list of subprotocols that isn't ASCII.
NOT_FROM_CLIENTS = (b"Daphne-Root-Path", b"Sec-WebSocket-Protocol")
# How long to read and discard the rest of a refused body. If we closed the connection with bytes
# unread, it would be reset, and the client might never see the response.
LINGER_SECONDS = 10
# Every body may have this many chunks; beyond that, they must average this many bytes. With one
# byte per chunk, a body costs the event loop 10 µs per byte.
MIN_CHUNKS, CHUNK_BYTES = 1000, 256
RETRY_SECONDS = 5  # when to try again after a 503
STALL_SECONDS = 60  # that a client may take to read the next part of a streamed response


class LimitedRequest(WebRequest):
    """A request whose body size is limited, depending on its path and its sender's permissions."""

    uploads: ClassVar[int] = 0  # large bodies that are arriving or being handled in this process

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parsePOSTFormSubmission = False
        self.gone = threading.Event()  # set when the client has disconnected
        self._limit = settings.REQUEST_MAX_BYTES
        self._received = 0  # size of the body
        self._chunks = 0  # of a body without a declared length
        self._is_complete = self._is_refused = self._is_upload = False
        self._is_chunked = False
        self._holds_back = False  # whether the client waits for permission to send its body
        self._spooled: Any = None  # a large body, which `SpooledBody` reads
        self._linger: Any = None
        self._room: asyncio.Event | None = None  # set while a streamed response may continue

    @property
    def extensions(self) -> dict[str, Any]:
        """Additions to the ASGI scope for the application."""
        body = {uploads.BODY: self._spooled} if self._spooled else {}
        return {uploads.GONE: self.gone, uploads.ROOM: self.room_for_more, **body}

    def gotLength(self, length: int | None) -> None:
        """Decide on the body before reading it. A chunked body (None) is counted as it arrives."""
        super().gotLength(length)
        self._is_chunked = length is None
        if length is not None and length <= self._limit:
            return
        most = self._max_bytes()
        if length is not None and length > most:
            self._refuse(error_pages.TOO_BIG)
        elif most > self._limit:
            self._holds_back = self._take_expect()
            self.transport.pauseProducing()
            twisted_loop.create_task(self._ask_for_more(most))

    def handleContentChunk(self, data: bytes) -> None:
        self._received += len(data)
        self._chunks += self._is_chunked
        if self._chunks > MIN_CHUNKS + self._received // CHUNK_BYTES:
            raise _MalformedChunkedDataError("a body in crumbs")  # now: parsing takes the time
        if not self._is_refused and self._received > self._limit:
            self._refuse(error_pages.TOO_BIG)
        if not self._is_refused:
            try:
                super().handleContentChunk(data)
            except OSError as error:
                if not is_disk_full(error):
                    raise
                log.error("disk_full", path=self._path()[:200])
                self._refuse(error_pages.AWAY)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        self._is_complete = True
        if self._is_refused:
            self.channel.loseConnection()
        else:
            super().requestReceived(command, path, version)

    def process(self) -> Any:
        for header in NOT_FROM_CLIENTS:
            self.requestHeaders.removeHeader(header)
        # Ignore other upgrades, as nginx does.
        if self.path != settings.SOCKET_PATH.encode():
            self.requestHeaders.removeHeader(b"Upgrade")
        if self.requestHeaders.hasHeader(b"Transfer-Encoding"):
            # The body is complete now. Django treats a multipart form without a length as empty.
            self.requestHeaders.removeHeader(b"Transfer-Encoding")
            self.requestHeaders.setRawHeaders(b"Content-Length", [b"%d" % self._received])
        if self._received > uploads.CHUNK:
            self._spooled = self.content  # type: ignore[has-type]
            self.content = io.BytesIO()
            self._spooled.seek(0)
        return super().process()

    def connectionLost(self, reason: Any) -> None:
        self._end()
        super().connectionLost(reason)

    def finish(self) -> None:
        self._end()
        super().finish()

    async def room_for_more(self) -> bool:
        """Wait until the client has read most of what was written; return False if it has gone.

        Daphne itself writes without waiting: a slow client would make the process hold a whole
        response in memory.
        """
        if self._room is None and not self.gone.is_set():
            self._room = asyncio.Event()
            self._room.set()
            self.registerProducer(_Pace(self._room), True)
        try:
            async with asyncio.timeout(STALL_SECONDS):
                if self._room is not None:
                    await self._room.wait()
        except TimeoutError:
            self.transport.abortConnection()
            return False
        return not self.gone.is_set()

    def _end(self) -> None:
        self.gone.set()
        if self._room is not None:
            self._room.set()
            if self.producer is not None:
                self.unregisterProducer()
        if self._is_upload:
            self._is_upload = False
            LimitedRequest.uploads -= 1
        if self._spooled:
            self._spooled.close()
        if self._linger and self._linger.active():
            self._linger.cancel()

    def _max_bytes(self) -> int:
        kind = (self.getHeader(b"content-type") or b"").decode("latin1")
        return uploads.max_bytes(self.channel._command.decode("latin1"), self._path(), kind)

    def _path(self) -> str:
        path: bytes = self.channel._path.partition(b"?")[0]
        return path.decode("latin1")

    async def _ask_for_more(self, most: int) -> None:
        """Allow a body of up to `most` bytes if its sender may upload.

        Until that is known, read nothing more. Whatever arrived with the headers has been read
        already, but it is below everybody's limit.
        """
        key = self.received_cookies.get(settings.SESSION_COOKIE_NAME.encode(), b"")
        try:
            may = await run_in_database_thread(
                uploads.may_upload, key.decode("latin1"), self._path()
            )
            refusal = None if may else error_pages.TOO_BIG
        except Exception as error:  # the database is down
            log.warning("upload_unchecked", error=type(error).__name__)
            refusal = error_pages.AWAY
        if self.gone.is_set():
            return
        if refusal is None and LimitedRequest.uploads >= settings.UPLOADS_AT_ONCE:
            refusal = error_pages.AWAY
        if refusal is not None:
            self._refuse(refusal)
        else:
            LimitedRequest.uploads += 1
            self._is_upload, self._limit = True, most
            if self._holds_back:
                self.channel._send100Continue()
        self.transport.resumeProducing()

    def _take_expect(self) -> bool:
        """Return whether the client waits for `100 Continue`, and keep Twisted from sending it."""
        expect = (self.getHeader(b"expect") or b"").lower()
        self.requestHeaders.removeHeader(b"Expect")
        return expect == b"100-continue" and self.channel._version == b"HTTP/1.1"

    def _refuse(self, status: int) -> None:
        """Respond now, and discard the rest of the body."""
        if self._is_complete:  # chunks that arrived together with the headers
            return
        self._is_refused = True
        log.warning("body_refused", status=status, path=self._path()[:200])
        self._take_expect()
        language = self.received_cookies.get(settings.LANGUAGE_COOKIE_NAME.encode(), b"")
        wished = language or (self.getHeader(b"accept-language") or b"")[:2]
        as_json = (self.getHeader(b"accept") or b"").startswith(b"application/json")
        self.transport.write(_answer(status, wished.decode("latin1").lower(), as_json))
        self._linger = reactor.callLater(LINGER_SECONDS, self.transport.abortConnection)


class _Pace:
    """An `IPushProducer`, which Twisted tells whether there is room for more data."""

    def __init__(self, room: asyncio.Event) -> None:
        self._room = room

    def pauseProducing(self) -> None:
        self._room.clear()

    def resumeProducing(self) -> None:
        self._room.set()

    stopProducing = resumeProducing


@cache
def _page(status: int, language: str, *, as_json: bool) -> bytes:
    kind = "json" if as_json else "html"
    return error_pages.pages(language)[f"{status}.{kind}"].encode()


def _answer(status: int, wished: str, as_json: bool) -> bytes:
    """Return a complete HTTP response, which ends the connection."""
    language = wished if wished in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    page = _page(status, language, as_json=as_json)
    kind = "application/json" if as_json else "text/html"
    lines = [
        f"HTTP/1.1 {status} {RESPONSES[status].decode()}",
        f"Content-Type: {kind}; charset=utf-8",
        f"Content-Length: {len(page)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    ]
    if status == error_pages.AWAY:
        lines.append(f"Retry-After: {RETRY_SECONDS}")
    return "\r\n".join([*lines, "", ""]).encode() + page


def limit(factory: HTTPFactory) -> None:
    """Make Daphne's factory create our requests."""
    for language, _name in settings.LANGUAGES:  # now, so that no request has to wait for it later
        _page(error_pages.TOO_BIG, language, as_json=False)
    build = factory.buildProtocol

    def build_limited(address: Any) -> Any:
        protocol = build(address)
        protocol.requestFactory = LimitedRequest
        return protocol

    factory.buildProtocol = build_limited
