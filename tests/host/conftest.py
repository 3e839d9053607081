"""The other shop's people."""

import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import SyncToAsync
from channels import layers
from channels.routing import URLRouter
from channels.sessions import CookieMiddleware
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import connection, connections
from django.test import Client

from messaging.models import Conversation
from messaging.reading import batch as reading
from messaging.sending import submit as sending
from tests.audit_triggers import let_the_audit_trail_be_emptied
from tests.host.market.models import Item, Partner
from tests.host.people.models import Member
from tests.patience import PATIENCE
from trato import rate_limits
from trato.realtime.database import socket_threads


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let Django empty the audit trail after each test.

    At the end, the threads of asynchronous tests and of sockets close their connections: a database
    with open connections can't be dropped.
    """
    with django_db_blocker.unblock():
        let_the_audit_trail_be_emptied()
        connection.close()
    yield
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()
    together = threading.Barrier(settings.SOCKET_THREADS)
    threads = [socket_threads().submit(_close, together) for _ in range(settings.SOCKET_THREADS)]
    for one in threads:
        one.result()


def _close(together: threading.Barrier) -> None:
    together.wait(PATIENCE)  # so that each thread takes only one task
    connections.close_all()


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Reset limits between tests, and give each event loop its own layer."""
    rate_limits.reset()
    layers.channel_layers.backends.clear()


@pytest.fixture
def buyer(db: None) -> Member:
    return Member.objects.create_user("lucia@example.com", "Lucía Romero")


@pytest.fixture
def crew(db: None) -> Member:
    """A member of the partner's crew."""
    return Member.objects.create_user("marta@example.com", "Marta Vidal")


@pytest.fixture
def stranger(db: None) -> Member:
    return Member.objects.create_user("ana@example.com", "Ana Prieto")


@pytest.fixture
def chief(db: None) -> Member:
    """A staff member with all permissions."""
    return Member.objects.create_user(
        "sam@example.com", "Sam Okoro", is_staff=True, is_superuser=True
    )


@pytest.fixture
def partner(crew: Member) -> Partner:
    made = Partner.objects.create(title="Barro y Sal", handle="barro")
    made.crew.add(crew)
    return made


@pytest.fixture
def item(partner: Partner) -> Item:
    return Item.objects.create(partner=partner, label="Speckled bowl", handle="bowl", cents=2450)


@pytest.fixture
def conversation(buyer: Member, item: Item) -> Conversation:
    from messaging import actions

    return actions.start_conversation(buyer, product=item)


@pytest.fixture
def client_of() -> Callable[[Member], Client]:
    def make(member: Member) -> Client:
        client = Client()
        client.force_login(member)
        return client

    return make


@pytest_asyncio.fixture
async def socket_of() -> AsyncIterator[Callable[[Client], Awaitable[Any]]]:
    """`await socket_of(client)`: the socket of a tab in that browser."""
    from messaging.routing import websocket_urlpatterns

    application = CookieMiddleware(URLRouter(websocket_urlpatterns))
    opened: list[WebsocketCommunicator] = []

    async def connect(client: Client) -> WebsocketCommunicator:
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = f"{settings.SESSION_COOKIE_NAME}={key}".encode()
        socket = WebsocketCommunicator(
            application, settings.SOCKET_PATH, headers=[(b"cookie", cookie)]
        )
        opened.append(socket)
        connected, _ = await socket.connect(timeout=PATIENCE)
        assert connected
        return socket

    yield connect
    for socket in opened:
        await socket.disconnect(timeout=PATIENCE)
    await sending.close()
    await reading.close()
