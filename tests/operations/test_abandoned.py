"""Requests whose client disconnects before the response."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections

from accounts.models import User
from config import asgi
from config.handler import ThreadedHandler
from messaging.models import Conversation, Message
from tests.databases import own_database
from tests.locks import WAITING
from tests.patience import PATIENCE
from tests.site import CSRF_TOKEN, session_of
from tests.sockets import next_frame
from trato.realtime import groups

pytestmark = pytest.mark.django_db(transaction=True)


class Post:
    """A POST of a message, as a server passes it to the application; `leave()` disconnects."""

    def __init__(self, application: Any, person: User, conversation: Conversation) -> None:
        form = urlencode({"body": "Hello", "client_id": uuid.uuid4()}).encode()
        cookies = f"csrftoken={CSRF_TOKEN}; sessionid={session_of(person)}"
        headers = {
            "host": "localhost",
            "cookie": cookies,
            "x-csrftoken": CSRF_TOKEN,
            "content-type": "application/x-www-form-urlencoded",
            "content-length": str(len(form)),
        }
        self.scope = {
            "type": "http",
            "method": "POST",
            "path": f"{conversation.get_absolute_url()}new_message/",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        self.application, self.form = application, form

    def start(self) -> None:
        self.queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.queue.put_nowait({"type": "http.request", "body": self.form})
        work = self.application(self.scope, self.queue.get, self.ignore)
        self.task = asyncio.create_task(work)

    def leave(self) -> None:
        self.queue.put_nowait({"type": "http.disconnect"})

    async def ignore(self, message: dict[str, Any]) -> None:
        pass


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await asyncio.to_thread(is_so):
            await asyncio.sleep(0.01)


async def test_whoever_leaves_mid_post_takes_nobodys_bell_with_them(
    shopper: User,
    seller: User,
    conversation: Conversation,
    socket_of: Any,
    settings: Any,
    monkeypatch: Any,
) -> None:
    """The client disconnects while its request waits for the message to be announced."""
    settings.SOCKET_HEARTBEAT_SECONDS = 3600  # which would correct the badge
    sent, goes_on = asyncio.Event(), asyncio.Event()
    asend_many = groups.asend_many

    async def slowly(*args: Any) -> None:
        await asend_many(*args)
        sent.set()
        await goes_on.wait()

    socket = await socket_of(seller)
    await next_frame(socket, "session.ready")
    monkeypatch.setattr(groups, "asend_many", slowly)
    post = await sync_to_async(Post)(asgi.application, shopper, conversation)
    post.start()
    async with asyncio.timeout(PATIENCE):
        await sent.wait()
        post.leave()
        for _ in range(200):
            await asyncio.sleep(0)  # let the server notice
        goes_on.set()
        await post.task
    assert (await next_frame(socket, "message.created"))["body"] == "Hello"
    assert (await next_frame(socket, "badge"))["unread"] == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
async def test_a_request_that_is_killed_gives_its_connection_back(
    shopper: User, conversation: Conversation
) -> None:
    """It waits for a lock; its client leaves, and the server doesn't wait for it to finish."""
    # Use separate threads, none of which has a connection yet.
    post = await sync_to_async(Post)(ThreadedHandler(), shopper, conversation)
    # Otherwise the end of the request would close this connection and hide the loss of its own.
    await sync_to_async(connections.close_all)()
    before = connections_out()
    with psycopg.connect(own_database(), autocommit=True) as watching:
        with psycopg.connect(own_database()) as other:
            other.execute("SELECT FROM messaging_conversation FOR UPDATE")
            post.start()
            await until(lambda: bool(watching.execute(WAITING).fetchall()))
            post.leave()
            post.task.cancel()
            await asyncio.wait({post.task}, timeout=1)  # it may wait for a thread
            post.task.cancel()
        await until(lambda: connections_out() == before)
        assert watching.execute(WAITING).fetchall() == []
    assert await Message.objects.acount() in (0, 1)


def connections_out() -> int:
    """Return how many connections of the pool are in use."""
    stats = cast("Any", connection).pool.get_stats()
    return int(stats["pool_size"] - stats["pool_available"])
