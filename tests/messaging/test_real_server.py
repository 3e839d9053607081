"""A real server, and clients that misbehave, using only the network.

After each test, the process is still running, and another person's message goes through.
"""

import contextlib
import json
import os
import socket
import struct
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from accounts.models import User
from deploy import services
from messaging.factories import MessageFactory
from messaging.models import Conversation, Message
from tests.patience import PATIENCE
from tests.raw_socket import CONTINUATION, PING, TEXT, RawSocket
from tests.site import Site, Visitor, session_of
from tests.whole import some_of

pytestmark = pytest.mark.django_db(transaction=True)

GROWTH = 40 * 2**20  # bytes by which a hostile client may temporarily make the process grow


@pytest.fixture(scope="module")
def site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for the whole file: whatever a test did to it, it must work for the next test."""
    with Site.on_test_database(tmp_path_factory.mktemp("site")) as made:
        made.start()
        yield made


@pytest.fixture
def visit(site: Site) -> Callable[[User | None], Visitor]:
    """`visit(person)`: a client with a session of that person, or None for nobody's."""
    return lambda user: Visitor(site, session_of(user) if user else "")


@pytest.fixture(autouse=True)
def others_do_not_notice(
    site: Site, shopper: User, conversation: Conversation, visit: Any
) -> Iterator[None]:
    """After each test, the same process accepts and shows another person's message."""
    before = site.processes[0].pid
    yield
    assert site.processes[0].pid == before
    assert site.processes[0].poll() is None
    with visit(shopper).socket() as line:
        client_id = str(uuid.uuid4())
        line.send(
            type="message.send", conversation=conversation.pk, client_id=client_id, body="Still on"
        )
        assert line.next_frame("message.accepted", "error")["client_id"] == client_id
    assert Message.objects.filter(client_id=client_id, body="Still on").exists()


@pytest.fixture
def raw(visit: Any) -> Iterator[Callable[[User | None], RawSocket]]:
    """`raw(person)`: a socket that only does what the test says."""
    opened: list[RawSocket] = []

    def connect(user: User | None) -> RawSocket:
        opened.append(RawSocket(visit(user)))
        return opened[-1]

    yield connect
    for one in opened:
        one.sock.close()


@pytest.fixture
def long_talk(shopper: User, conversation: Conversation) -> bytes:
    """A frame of 60 bytes whose response has 160,000."""
    for _ in range(40):
        MessageFactory(conversation=conversation, sender=shopper, body="x" * 4000)
    return b'{"type":"conversation.open","conversation":%d,"since":0}' % conversation.pk


def test_who_reads_too_slowly_is_told_4408(
    site: Site, seller: User, raw: Any, long_talk: bytes
) -> None:
    slow = raw(seller)
    for _ in range(60):  # 10 MB of responses, more than the kernel's buffers hold
        slow.send(long_talk)
    # It reads nothing until the server has given up on it. Then it can still read why.
    services.wait(lambda: site.must_have_said("socket_closed", "4408"), AssertionError)
    assert slow.close_code(quiet=PATIENCE) == 4408


def test_who_never_reads_is_cut_off_and_costs_a_bounded_amount_of_memory(
    site: Site, seller: User, raw: Any, long_talk: bytes
) -> None:
    silent = raw(seller)
    before = site.memory()
    most = before
    with contextlib.suppress(ConnectionError):
        for _ in range(500):  # 80 MB of responses
            silent.send(long_talk)
            if silent.ended(0.01):
                break
            most = max(most, site.memory())
    assert silent.ended(PATIENCE)
    assert most - before < GROWTH


@pytest.mark.parametrize("kind", some_of(["messages", "pings"], 1))
def test_a_flood_from_somebody_who_never_reads_costs_a_bounded_amount_of_memory(
    kind: str, site: Site, seller: User, conversation: Conversation, raw: Any
) -> None:
    """Each ping has to be answered, and each message waits for its turn."""
    flooding = raw(seller)
    before = site.memory()
    body = "x" * 3500
    frame = b'{"type":"message.send","conversation":%d,"client_id":"%s","body":"%s"}'
    send = frame % (conversation.pk, str(uuid.uuid4()).encode(), body.encode())
    payload, opcode = (b"x" * 125, PING) if kind == "pings" else (send, TEXT)
    with contextlib.suppress(ConnectionError):
        for _ in range(100 * 2**20 // len(payload)):
            flooding.send(payload, opcode)
    assert flooding.ended(PATIENCE)
    assert site.memory() - before < GROWTH


def test_a_flood_is_told_4429(shopper: User, conversation: Conversation, visit: Any) -> None:
    with visit(shopper).socket() as line:
        line.next_frame("session.ready")
        with contextlib.suppress(ConnectionClosed):
            for _ in range(700):
                line.send(type="conversation.close", conversation=conversation.pk)
        assert line.closed_with() == 4429


def test_a_tab_too_many_is_told_4429_and_the_others_live(
    shopper: User, seller: User, visit: Any, settings: Any
) -> None:
    with contextlib.ExitStack() as tabs:
        lines = [
            tabs.enter_context(visit(shopper).socket()) for _ in range(settings.SOCKETS_PER_PERSON)
        ]
        for line in lines:
            line.next_frame("session.ready")
        with visit(shopper).socket() as one_more:
            assert one_more.closed_with() == 4429
        with visit(seller).socket() as another:
            another.next_frame("session.ready")
        lines[0].send(type="nonsense")
        assert lines[0].next_frame("error")["code"] == "invalid"


def test_a_frame_of_2_mib_is_told_1009(shopper: User, visit: Any) -> None:
    with visit(shopper).socket() as line:
        line.next_frame("session.ready")
        line.socket.send("x" * 2 * 2**20)
        assert line.closed_with() == 1009


@pytest.mark.parametrize("size", some_of([1, 0, 1000], 1))
def test_a_message_that_never_ends_is_cut_off(
    size: int, site: Site, shopper: User, raw: Any
) -> None:
    endless = raw(shopper)
    before = site.memory()
    with contextlib.suppress(ConnectionError):
        endless.send(b"{", last=False)
        for _ in range(200_000):
            endless.send(b" " * size, CONTINUATION, last=False)
    assert endless.ended(PATIENCE)
    assert site.memory() - before < GROWTH


@pytest.mark.parametrize(
    "cookie",
    ["", "sessionid=x", "sessionid=" + "x" * 5000, r'sessionid="abcdefgh\000"', "\xff=\xfe"],
)
def test_a_cookie_that_is_no_session_is_told_4401(cookie: str, site: Site) -> None:
    visitor = Visitor(site)
    visitor.cookies = cookie
    with visitor.socket() as line:
        assert line.closed_with() == 4401


def test_who_is_nobody_is_told_4401_and_who_is_suspended_4403(
    shopper: User, suspended: User, visit: Any
) -> None:
    with visit(None).socket() as line:
        assert line.closed_with() == 4401
    with visit(suspended).socket() as line:
        assert line.closed_with() == 4403
    with visit(shopper).socket() as line:
        assert line.next_frame("session.ready")["user"] == shopper.pk


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://127.0.0.1.evil.example", "null"]
)
def test_a_page_of_another_site_is_not_let_in(origin: str, shopper: User, visit: Any) -> None:
    with pytest.raises(InvalidStatus) as refusal, visit(shopper).socket(origin=origin):
        pass
    assert refusal.value.response.status_code in (400, 403)


def test_handshakes_that_never_end_keep_nobody_out(
    site: Site, shopper: User, conversation: Conversation, visit: Any
) -> None:
    slow = []
    for half in (b"", b"G", b"GET /ws/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n") * 30:
        sock = socket.create_connection(("127.0.0.1", site.ports[0]))
        sock.sendall(half)
        slow.append(sock)
    assert visit(shopper).get(conversation.get_absolute_url()).status == 200
    with visit(shopper).socket() as line:
        line.next_frame("session.ready")
    for sock in slow:
        sock.close()


def test_what_is_no_websocket_at_all_is_refused(site: Site) -> None:
    for nonsense in (
        b"\x00" * 100,
        os.urandom(1000),
        b"GET /ws/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", site.ports[0])) as sock:
            sock.settimeout(PATIENCE)
            sock.sendall(nonsense)
            sock.shutdown(socket.SHUT_WR)
            answer = sock.recv(100)
            assert answer == b"" or answer.split()[1] in (b"400", b"404", b"426")


def test_what_follows_an_open_waits_for_it(
    shopper: User, conversation: Conversation, visit: Any, long_talk: bytes
) -> None:
    with visit(shopper).socket() as line:
        for _ in range(20):
            line.send(type="conversation.open", conversation=conversation.pk, since=0)
            line.send(type="message.send", conversation=conversation.pk,
                      client_id=str(uuid.uuid4()), body="After it")  # fmt: skip
            kinds = [
                line.next_frame("conversation.state", "message.accepted")["type"] for _ in range(2)
            ]
            assert kinds == ["conversation.state", "message.accepted"]


def test_frames_may_come_in_pieces_and_several_at_once(
    shopper: User, conversation: Conversation, raw: Any
) -> None:
    one = raw(shopper)
    bodies = [f"{number} " + "x" * 100 for number in range(6)]
    frames = [
        json.dumps({"type": "message.send", "conversation": conversation.pk,
                    "client_id": str(uuid.uuid4()), "body": body}).encode()
        for body in bodies
    ]  # fmt: skip
    sock = b"".join(b"\x81\xfe" + struct.pack(">H", len(f)) + bytes(4) + f for f in frames)
    whole = len(sock) // 6
    one.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for start, end in ((0, 5), (5, whole), (whole, 3 * whole), (3 * whole, 3 * whole + 50)):
        one.sock.sendall(sock[start:end])
        time.sleep(0.05)  # so that they are not merged on the way
    one.sock.sendall(sock[3 * whole + 50 :])

    def all_are_stored() -> None:
        stored = conversation.messages.order_by("sequence").values_list("body", flat=True)
        assert list(stored) == bodies

    services.wait(all_are_stored, AssertionError)
