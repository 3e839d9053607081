"""The cast, and the two ways in which they reach the site."""

import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import pytest_asyncio
from asgiref.sync import SyncToAsync, sync_to_async
from channels import layers
from channels.testing import WebsocketCommunicator
from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from django.db import connection, connections
from django.test import Client

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory, ShopFactory, ShopMemberFactory
from catalog.models import Product, Shop
from messaging.factories import ConversationFactory
from messaging.models import Conversation
from messaging.moderation import permissions
from messaging.reading import batch as reading
from messaging.sending import submit as sending
from tests import emptying
from tests.patience import PATIENCE
from trato import cache, rate_limits
from trato.realtime.database import socket_threads

ClientOf = Callable[..., Client]

hypothesis.settings.register_profile("patient", deadline=None)  # how long is no claim of a test
hypothesis.settings.load_profile("patient")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Empty the tables in our own way after transactional tests; on SQLite the audit trail too.

    SQLite does so with DELETE, which the trigger cannot tell from anybody else's. The test of the
    trigger makes it again for itself. PostgreSQL has TRUNCATE for it and keeps its trigger.

    At the end the threads that asked the database for asynchronous tests give their connections
    back: a database that somebody is connected to cannot be dropped.
    """
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("DROP TRIGGER audit_undeletable")
        emptying.install()
        connection.close()
    yield
    with django_db_blocker.unblock():
        SyncToAsync.single_thread_executor.submit(connections.close_all).result()
        _rest()


def _rest() -> None:
    """Close the connection of every thread of the sockets.

    Channels' test client keeps them from doing so themselves: while it sends, it replaces
    `close_old_connections`, for good where two of them send at once.
    """
    count = django_settings.SOCKET_THREADS
    together = threading.Barrier(count)

    def close() -> None:
        together.wait(30)  # so that no thread comes twice
        connections.close_all()

    for closed in [socket_threads().submit(close) for _ in range(count)]:
        closed.result()


@pytest.fixture
def shopper(db: None) -> User:
    """Asks the questions."""
    return UserFactory(name="Lucía Romero", email="lucia@example.com")


@pytest.fixture
def seller(db: None) -> User:
    """Owns the shop."""
    return UserFactory(name="Marta Vidal", email="marta@example.com", seller=True)


@pytest.fixture
def shop(seller: User) -> Shop:
    return ShopFactory(name="Barro y Sal", slug="barro-y-sal", owner=seller)


@pytest.fixture
def colleague(shop: Shop) -> User:
    """Works for the shop too."""
    user = UserFactory(name="Iker Sanz", email="iker@example.com", seller=True)
    ShopMemberFactory(shop=shop, user=user)
    return user


@pytest.fixture
def former_colleague(shop: Shop) -> User:
    """Worked for the shop until recently."""
    user = UserFactory(name="Nadia Cruz", email="nadia@example.com", seller=True)
    ShopMemberFactory(shop=shop, user=user).delete()
    return user


@pytest.fixture
def other_seller(db: None) -> User:
    """Owns another shop."""
    user = UserFactory(name="Tom Ashby", email="tom@example.com", seller=True)
    ShopFactory(name="North Loom", slug="north-loom", owner=user)
    return user


@pytest.fixture
def stranger(db: None) -> User:
    """Another shopper."""
    return UserFactory(name="Ana Prieto", email="ana@example.com")


@pytest.fixture
def suspended(db: None) -> User:
    return UserFactory(name="Rik Vos", email="rik@example.com", is_active=False)


@pytest.fixture
def moderator(db: None) -> User:
    """Of the staff, with what a moderator may do."""
    user = UserFactory(name="Sam Okoro", email="sam@example.com", staff=True)
    user.groups.add(Group.objects.get(name=permissions.NAME))
    return user


@pytest.fixture
def product(shop: Shop) -> Product:
    return ProductFactory(shop=shop, title="Speckled bowl", slug="speckled-bowl", price=2450)


@pytest.fixture
def conversation(shopper: User, product: Product) -> Conversation:
    """Between the shopper and the shop, about the bowl; nothing was said yet."""
    return ConversationFactory(consumer=shopper, product=product)


@pytest.fixture
def client_of(db: None) -> ClientOf:
    """`client_of(person)`: a browser without JavaScript that is logged in; None: nobody is.

    `like=` shares the session of another one, as a second tab does.
    """

    def make(user: User | None, like: Client | None = None) -> Client:
        client = Client()
        if like is not None:
            client.cookies = like.cookies
        elif user is not None:
            client.force_login(user, backend=django_settings.AUTHENTICATION_BACKENDS[0])
        return client

    return make


@pytest_asyncio.fixture
async def socket_of(client_of: ClientOf) -> AsyncIterator[Callable[..., Awaitable[Any]]]:
    """`await socket_of(person)`: a connected socket, as of a tab that person has open."""
    from config.asgi import application

    opened: list[WebsocketCommunicator] = []

    async def connect(
        user: User | None,
        *,
        client: Client | None = None,
        origin: str = "http://localhost",
        language: str = "en",
    ) -> WebsocketCommunicator:
        client = client or await sync_to_async(client_of)(user)
        cookie = client.cookies.get(django_settings.SESSION_COOKIE_NAME)
        headers = [
            (b"host", b"localhost"),
            (b"origin", origin.encode()),
            (b"accept-language", language.encode()),
        ]
        if cookie:
            headers.append((b"cookie", f"{cookie.key}={cookie.value}".encode()))
        socket = WebsocketCommunicator(application, "/ws/", headers=headers)
        opened.append(socket)
        connected, _ = await socket.connect(timeout=PATIENCE)
        assert connected
        return socket

    yield connect
    for socket in opened:
        await socket.disconnect(timeout=PATIENCE)
    await sending.close()
    await reading.close()


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """No test spends another one's allowance, nor allauth's, which is counted in the cache."""
    rate_limits.reset()
    cache.reset()


@pytest.fixture(autouse=True)
def fresh_layer() -> None:
    """Each test's event loop has a channel layer of its own."""
    layers.channel_layers.backends.clear()


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Path) -> None:
    """Uploads of a test go with the test."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
