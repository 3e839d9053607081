"""The cast, and how they reach the site: through a browser or a socket."""

import gc
import threading
from collections import ChainMap
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, cast

import hypothesis
import pytest
import pytest_asyncio
from asgiref.sync import SyncToAsync, sync_to_async
from channels import layers
from channels.testing import WebsocketCommunicator
from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from django.db import connection, connections
from django.template import Context, RequestContext, Template
from django.test import Client
from django.test.signals import template_rendered
from django.utils import translation

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory, ShopFactory, ShopMemberFactory
from catalog.models import Product, Shop
from messaging import link_hosts
from messaging.factories import ConversationFactory
from messaging.models import Conversation
from messaging.moderation import permissions
from messaging.reading import batch as reading
from messaging.rules import snapshot
from messaging.sending import submit as sending
from tests import emptying
from tests.audit_triggers import let_the_audit_trail_be_emptied
from tests.patience import PATIENCE
from tests.whole import tries
from trato import cache, rate_limits
from trato.realtime.database import socket_threads

ClientOf = Callable[..., Client]

# Timing is not under test.
hypothesis.settings.register_profile("patient", deadline=None, max_examples=tries(100))
hypothesis.settings.load_profile("patient")
# On a busy machine even a healthy Redis takes longer than a second, and the events that a process
# misses would arrive only with a heartbeat. Tests of an absent Redis shorten this.
django_settings.REDIS_TIMEOUT_SECONDS = PATIENCE


def pytest_collection_finish() -> None:
    """Don't let the garbage collector scan all modules and tests again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Empty the tables in our own way after transactional tests, including the audit trail.

    SQLite uses DELETE for this and PostgreSQL TRUNCATE. A trigger would refuse that, so it is
    dropped; its test creates it again.

    At the end, the threads of asynchronous tests return their connections: a database with open
    connections can't be dropped.
    """
    with django_db_blocker.unblock():
        let_the_audit_trail_be_emptied()
        emptying.install()
        # Do this now, so that no test does it for all others and counts its queries:
        snapshot.load()
        connection.features.supports_json_field  # noqa: B018 – Django asks SQLite when it is read
        connection.close()
    yield
    with django_db_blocker.unblock():
        SyncToAsync.single_thread_executor.submit(connections.close_all).result()
        _rest()


def _rest() -> None:
    """Close the connections of all socket threads.

    Channels' test client prevents them from doing this themselves: while it sends, it replaces
    `close_old_connections`, and permanently if two of them send at once.
    """
    count = django_settings.SOCKET_THREADS
    together = threading.Barrier(count)

    def close() -> None:
        together.wait(30)  # so that each thread takes only one task
        connections.close_all()

    for closed in [socket_threads().submit(close) for _ in range(count)]:
        closed.result()


@pytest.fixture(autouse=True)
def the_sites_language() -> None:
    """Start in the site's language; requests of earlier tests leave theirs in the thread."""
    translation.deactivate()


@pytest.fixture
def shopper(db: None) -> User:
    """A shopper, who asks the questions."""
    return UserFactory(name="Lucía Romero", email="lucia@example.com")


@pytest.fixture
def seller(db: None) -> User:
    """The owner of the shop."""
    return UserFactory(name="Marta Vidal", email="marta@example.com", seller=True)


@pytest.fixture
def shop(seller: User) -> Shop:
    return ShopFactory(name="Barro y Sal", slug="barro-y-sal", owner=seller)


@pytest.fixture
def colleague(shop: Shop) -> User:
    """Another member of the shop."""
    user = UserFactory(name="Iker Sanz", email="iker@example.com", seller=True)
    ShopMemberFactory(shop=shop, user=user)
    return user


@pytest.fixture
def former_colleague(shop: Shop) -> User:
    """A person who worked for the shop until recently."""
    user = UserFactory(name="Nadia Cruz", email="nadia@example.com", seller=True)
    ShopMemberFactory(shop=shop, user=user).delete()
    return user


@pytest.fixture
def other_seller(db: None) -> User:
    """The owner of another shop."""
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
    """A staff member with the moderators' permissions."""
    user = UserFactory(name="Sam Okoro", email="sam@example.com", staff=True)
    user.groups.add(Group.objects.get(name=permissions.NAME))
    return user


@pytest.fixture
def lead(db: None) -> User:
    """A staff member who also decides appeals."""
    user: User = UserFactory(name="Nora Lead", email="nora@example.com", staff=True)
    user.groups.add(Group.objects.get(name=permissions.LEADS))
    return user


@pytest.fixture
def auditor(db: None) -> User:
    """A staff member who only reads."""
    user: User = UserFactory(name="Omar Auditor", email="omar@example.com", staff=True)
    user.groups.add(Group.objects.get(name=permissions.AUDITORS))
    return user


@pytest.fixture
def product(shop: Shop) -> Product:
    return ProductFactory(shop=shop, title="Speckled bowl", slug="speckled-bowl", price=2450)


@pytest.fixture
def conversation(shopper: User, product: Product) -> Conversation:
    """A conversation of the shopper and the shop about the bowl, without messages."""
    return ConversationFactory(consumer=shopper, product=product)


@pytest.fixture
def client_of(db: None) -> ClientOf:
    """`client_of(person)`: a browser without JavaScript, logged in unless `person` is None.

    `like=` shares the session of another client, like a second tab.
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
    """`await socket_of(person)`: a connected socket, like that of an open tab."""
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


@pytest.fixture(autouse=True, scope="session")
def nothing_hides_what_is_on_every_page() -> None:
    """No view gives its page another value for a name that the header uses, such as a count."""
    template_rendered.connect(_refuse_hidden_names)


def _refuse_hidden_names(template: Template, context: Context, **kwargs: Any) -> None:
    is_page = isinstance(context, RequestContext) and context.template is template
    if not is_page or str(template.name).endswith(".txt"):  # emails name their reader `user`
        return
    place = cast("Any", context)._processors_index
    shared: dict[str, Any] = context.dicts[place]
    of_view = ChainMap(*context.dicts[place + 1 :])
    hidden = {name for name in shared if name in of_view and of_view[name] is not shared[name]}
    assert not hidden, f"{template.name} hides {hidden}"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Reset all limits, so that tests don't use up each other's allowance."""
    rate_limits.reset()
    cache.reset()


@pytest.fixture(autouse=True)
def fresh_link_hosts() -> None:
    """Forget which hosts another test's staff warned about."""
    link_hosts.reset()


@pytest.fixture(autouse=True)
def fresh_layer() -> None:
    """Give each test's event loop its own channel layer."""
    layers.channel_layers.backends.clear()


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Path) -> None:
    """Delete a test's uploads afterwards."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    private = {"OPTIONS": {"location": str(tmp_path / "private")}}
    settings.STORAGES = settings.STORAGES | {"private": settings.STORAGES["private"] | private}


@pytest.fixture
def no_hurry(settings: Any) -> None:
    """Give picture decoders plenty of time: on a busy machine they are slow."""
    settings.IMAGE_DECODER_MAX_SECONDS = settings.IMAGE_QUEUE_SECONDS = 600
