"""The same site on uvicorn, as an example of a server that supports only ASGI."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import User
from deploy import services
from messaging.factories import MessageFactory
from messaging.models import Conversation, Message
from tests.raw_socket import RawSocket
from tests.site import Site, Visitor, session_of

pytestmark = pytest.mark.django_db(transaction=True)


class UvicornSite(Site):
    command = (
        *("-m", "uvicorn", "config.asgi:application", "--loop", "uvloop", "--lifespan", "off"),
        # Its own pings would close a socket with 1011 before we do, if the machine is slow.
        *("--ws", "websockets-sansio", "--ws-max-size", "16384", "--ws-ping-timeout", "3600"),
        "--port",
    )


@pytest.fixture(scope="module")
def site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with UvicornSite.on_test_database(tmp_path_factory.mktemp("uvicorn")) as made:
        made.start()
        yield made


@pytest.fixture
def visit(site: Site) -> Callable[[User], Visitor]:
    return lambda user: Visitor(site, session_of(user))


@pytest.mark.parametrize("compression", [None, "deflate"])
def test_a_message_is_acknowledged_and_shown_whether_or_not_frames_may_be_compressed(
    compression: str | None, shopper: User, seller: User, conversation: Conversation, visit: Any
) -> None:
    with (
        visit(shopper).socket(compression=compression) as asking,
        visit(seller).socket(compression=compression) as answering,
    ):
        for line in (asking, answering):
            line.next_frame("session.ready")
        client_id = str(uuid.uuid4())
        asking.send(
            type="message.send", conversation=conversation.pk, client_id=client_id, body="¿Sí?"
        )
        accepted = asking.next_frame("message.accepted", "error")
        assert accepted["client_id"] == client_id
        assert answering.next_frame("message.created")["body"] == "¿Sí?"
        assert answering.next_frame("badge")["unread"] == 1
    assert Message.objects.get().pk == accepted["id"]


def test_a_long_page_comes_whole(
    shopper: User, seller: User, conversation: Conversation, visit: Any
) -> None:
    for _ in range(40):
        MessageFactory(conversation=conversation, sender=shopper, body="x" * 4000)
    with visit(seller).socket() as line:
        line.send(type="conversation.open", conversation=conversation.pk, since=0)
        assert len(line.next_frame("conversation.state")["messages"]) == 40


def test_who_does_not_read_is_closed_and_costs_no_more_memory(
    shopper: User, seller: User, conversation: Conversation, visit: Any, site: Site
) -> None:
    for _ in range(40):
        MessageFactory(conversation=conversation, sender=shopper, body="x" * 4000)
    before = site.memory()
    slow = RawSocket(visit(seller))
    for _ in range(60):  # 10 MB of responses, more than the kernel's buffers hold
        slow.send(b'{"type":"conversation.open","conversation":%d,"since":0}' % conversation.pk)

    def probe() -> None:
        if "4408" not in site.said():
            raise LookupError("not closed yet")

    services.wait(probe, LookupError)
    assert site.memory() - before < 40 * 2**20
    assert slow.close_code(quiet=5) == 4408
    slow.sock.close()
    with visit(shopper).socket() as line:
        line.next_frame("session.ready")
