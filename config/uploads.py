"""Large bodies: who may send them, and how they reach Django without blocking the event loop.

Sellers may send pictures of their products and shops. Everybody who is logged in may send a profile
picture, and files with messages. The server calls `may_upload` before it reads such a body; nginx,
which buffers the body, asks the view `allowed`.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import IO, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from catalog import access
from trato.realtime.sessions import people_of

PRODUCT = re.compile(r"/my/products/[^/]+/")  # forms with pictures, as in deploy/nginx/site.conf
PERSON = re.compile(r"/accounts/profile/picture/")
SHOP = re.compile(r"/my/shop/\d+/picture/")
REPLY = re.compile(r"/saved-replies/(new|\d+)/")
FILE = re.compile(r"/conversation/\d+/files/")
MESSAGE = re.compile(
    r"/conversation/\d+/(new_message/|scheduled/(\d+/)?)|/(products|shops)/[^/]+/contact/"
)
CONTENT_TYPE = "multipart/form-data"
CHUNK = 64 * 1024  # bytes that Django gets at a time
BODY, GONE, ROOM = "trato.body", "trato.gone", "trato.room"  # in the scope's `extensions`

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def max_bytes(method: str, path: str, content_type: str) -> int:
    """Return the maximum size of a request's body if its sender may upload."""
    if method != "POST" or content_type.partition(";")[0].strip().lower() != CONTENT_TYPE:
        return settings.REQUEST_MAX_BYTES
    if PRODUCT.fullmatch(path):
        return settings.UPLOAD_MAX_BYTES
    if PERSON.fullmatch(path) or SHOP.fullmatch(path):
        return settings.AVATAR_UPLOAD_MAX_BYTES
    if FILE.fullmatch(path):
        return settings.FILE_UPLOAD_MAX_BYTES
    if MESSAGE.fullmatch(path) or REPLY.fullmatch(path):
        return settings.FILE_FORM_MAX_BYTES
    return settings.REQUEST_MAX_BYTES


def may_upload(session_key: str, path: str) -> bool:
    """Whether a session belongs to somebody who may upload there. At most three queries."""
    user = people_of([session_key])[session_key]
    return isinstance(user, User) and _may(user, path)


def allowed(request: HttpRequest) -> HttpResponse:
    """Respond with 204 or 401, for nginx's `auth_request`, which names the path in a header."""
    path = request.headers.get("Upload-Path", "").partition("?")[0]
    return HttpResponse(status=204 if _may(request.user, path) else 401)


def _may(user: User | AnonymousUser, path: str) -> bool:
    if any(one.fullmatch(path) for one in (PERSON, FILE, MESSAGE)):
        return user.is_authenticated
    return access.shops_of(user).exists()


class SpooledBody:
    """ASGI middleware that reads a large body from the server's file in chunks.

    Daphne would queue all chunks at once: 80 MB in memory, and a blocked event loop until they are
    read.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        body = scope.get("extensions", {}).get(BODY)
        await self.application(scope, receive if body is None else _reader(body, receive), send)


def _reader(body: IO[bytes], receive: Any) -> Callable[[], Awaitable[dict[str, Any]]]:
    finished = False

    async def read() -> dict[str, Any]:
        nonlocal finished
        if finished:
            return dict(await receive())
        await asyncio.sleep(0)  # let others run
        if body.closed:  # because the connection was
            return {"type": "http.disconnect"}
        chunk = body.read(CHUNK)
        finished = len(chunk) < CHUNK
        if finished:
            await receive()  # the server's own message, whose body is empty
        return {"type": "http.request", "body": chunk, "more_body": not finished}

    return read
