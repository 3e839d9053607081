"""The shortcut for frames into Daphne, compared with Autobahn's own path."""

import queue
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from unittest.mock import Mock

import pytest
from autobahn.twisted.websocket import WebSocketServerFactory
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings
from hypothesis import example, given
from hypothesis import strategies as some
from twisted.internet.abstract import FileDescriptor
from twisted.internet.testing import StringTransport
from websockets.frames import Frame, Opcode

from trato.private_api import has_all
from trato.realtime.servers.asgi import EXTENSION, AsgiConnection, connection_of
from trato.realtime.servers.daphne import PARSER, DaphneConnection, LimitedProtocol
from trato.realtime.servers.websocket import whole_texts

LIMIT = settings.SOCKET_FRAME_MAX_BYTES
texts = some.text(max_size=400) | some.integers(0, LIMIT // 2).map(lambda size: "ñ" * size)


def text_of(data: bytes) -> str | None:
    """Return the text if the bytes are exactly one frame."""
    read, rest = whole_texts(data, LIMIT)
    return read[0] if len(read) == 1 and not rest else None


def framed(
    text: str | bytes, *, mask: bool = True, opcode: Opcode = Opcode.TEXT, fin: bool = True
) -> bytes:
    payload = text.encode() if isinstance(text, str) else text
    return Frame(opcode, payload, fin).serialize(mask=mask)


@given(texts)
@example("")
@example("a" * 125)
@example("a" * 126)
@example("a" * LIMIT)
def test_a_whole_text_frame_is_read(text: str) -> None:
    assert text_of(framed(text)) == text


@given(some.lists(texts, max_size=5), some.text(min_size=1, max_size=300), some.data())
def test_whole_frames_are_read_and_what_follows_them_is_left_to_the_server(
    whole: list[str], cut: str, data: some.DataObject
) -> None:
    frame = framed(cut)
    rest = frame[: data.draw(some.integers(0, len(frame) - 1))]
    assert whole_texts(b"".join(map(framed, whole)) + rest, LIMIT) == (whole, rest)


@given(some.text(max_size=200))
def test_any_other_kind_of_frame_is_left_to_the_server(text: str) -> None:
    assert text_of(framed(text, mask=False)) is None
    assert text_of(framed(text, opcode=Opcode.BINARY)) is None
    assert text_of(framed(text, opcode=Opcode.CONT)) is None
    assert text_of(framed(text, fin=False)) is None
    assert text_of(framed(text[:30], opcode=Opcode.PING)) is None
    reserved = bytearray(framed(text))
    reserved[0] |= 0x40
    assert text_of(bytes(reserved)) is None


def test_what_is_too_big_not_minimal_or_no_utf_8_is_left_to_the_server() -> None:
    assert text_of(framed("a" * (LIMIT + 1))) is None
    assert text_of(framed("a" * 70_000)) is None
    short = framed("abc")
    assert text_of(short[:1] + b"\xfe\x00\x03" + short[2:]) is None
    assert text_of(framed(b"\xff\xfe")) is None
    assert text_of(framed(b"\xed\xa0\x80")) is None  # a surrogate


@given(some.binary(max_size=300))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    text_of(data)
    text_of(b"\x81" + data)


kinds = some.sampled_from([
    (Opcode.TEXT, True), (Opcode.TEXT, True), (Opcode.TEXT, False), (Opcode.CONT, True),
    (Opcode.CONT, False), (Opcode.BINARY, True), (Opcode.PING, True), (Opcode.CLOSE, True),
])  # fmt: skip
frames = some.builds(
    lambda kind, text: framed(text, opcode=kind[0], fin=kind[1]), kinds, some.text(max_size=30)
)
# In pieces that look like complete frames: inside another frame, and after its first byte.
SMUGGLED = [b"\x89\x8b\xe0\xe0\xe0\xe0", b"\x81\x85\xc0\xc0\xc0\xc0\xa1\xa2\xa3\xa4\xa5"]
STRADDLING = [b"\x81", b"\x81\x85\xc0\xc0\x40\xc1\x89\x80\x01\x82\x83", b"\x04"]


def in_whatever_pieces(test: Callable[[list[bytes]], None]) -> Callable[[], None]:
    @given(
        some.lists(frames, max_size=6), some.lists(some.integers(0, 300), max_size=6),
        some.booleans(),
    )  # fmt: skip
    @example(SMUGGLED, [], True)
    @example(STRADDLING, [], True)
    @example([framed("half", fin=False), framed("whole")], [], True)
    @example([framed("half", fin=False), framed("", opcode=Opcode.PING), framed("x")], [], True)
    @example([framed("", opcode=Opcode.CLOSE), framed("too late")], [], True)
    @example([framed("whole")], [], True)
    def tested(sent: list[bytes], cuts: list[int], one_by_one: bool) -> None:
        whole = b"".join(sent)
        edges = sorted({0, *(min(cut, len(whole)) for cut in cuts), len(whole)})
        test(sent if one_by_one else [whole[start:end] for start, end in pairwise(edges)])

    return tested


# -- Daphne --------------------------------------------------------------------------------------


def opened(kind: type[WebSocketProtocol]) -> Any:
    protocol = kind()
    protocol.factory = WebSocketServerFactory()  # type: ignore[no-untyped-call]
    protocol.transport = StringTransport()  # type: ignore[no-untyped-call]
    protocol.transport.registerProducer(protocol, True)
    protocol._connectionMade()
    protocol.state, protocol.websocket_version = protocol.STATE_OPEN, 13
    protocol.current_frame, protocol.data, protocol.inside_message = None, b"", False
    protocol.client_addr, protocol.muted, protocol.last_ping = None, False, 0.0
    protocol.application_queue = queue.SimpleQueue()
    protocol.reads_whole_frames = has_all(protocol, PARSER)
    return protocol


def heard_by_daphne(kind: type[WebSocketProtocol], pieces: list[bytes]) -> list[Any]:
    """Return what the application receives from a client, and how the server responds."""
    protocol = opened(kind)
    for piece in pieces:
        protocol.dataReceived(piece)
    came = [protocol.application_queue.get() for _ in range(protocol.application_queue.qsize())]
    return [*came, protocol.transport.value(), protocol.state]


class Plain(LimitedProtocol):
    """The same protocol without the shortcut."""

    dataReceived = WebSocketProtocol.dataReceived


@in_whatever_pieces
def test_daphne_hears_it_as_autobahn_does(pieces: list[bytes]) -> None:
    assert heard_by_daphne(LimitedProtocol, pieces) == heard_by_daphne(Plain, pieces)


def test_a_flood_is_not_read_to_its_end(settings: Any) -> None:
    begun = 0

    class Counting(LimitedProtocol):
        failByDrop, closeHandshakeTimeout = False, 0  # waits for a close frame, like the site

        def onFrameBegin(self) -> None:
            nonlocal begun
            begun += 1
            super().onFrameBegin()

    most = settings.SOCKET_FRAMES_PER_MINUTE
    pings = framed("", opcode=Opcode.PING) * 2 * most
    heard_by_daphne(Counting, [pings, pings])
    assert most < begun < 1.5 * most  # a few more are allowed while it reads


# -- What others keep private --------------------------------------------------------------------


@pytest.mark.parametrize("renamed", [False, True])
def test_a_text_is_read_whole_only_where_autobahns_parser_is_known(
    renamed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WebSocketProtocol, "onOpen", lambda self: None)
    taken: list[str] = []

    def take(text: str) -> bool:
        taken.append(text)
        return True

    protocol = opened(LimitedProtocol)
    if renamed:
        del protocol.last_ping
    protocol.onOpen()
    protocol.take = take
    protocol.dataReceived(framed("Hello"))
    arrived = [] if protocol.application_queue.empty() else [protocol.application_queue.get()]
    asgi = [{"type": "websocket.receive", "text": "Hello"}]
    assert (taken, arrived) == (([], asgi) if renamed else (["Hello"], []))


@pytest.mark.parametrize("transport", [StringTransport, FileDescriptor])
def test_a_connection_is_handed_over_only_where_its_buffers_are_known(transport: Any) -> None:
    protocol = opened(LimitedProtocol)
    protocol.transport = transport()
    if transport is FileDescriptor:
        protocol.transport.socket = None
        assert isinstance(protocol.extensions[EXTENSION], DaphneConnection)
    else:
        assert protocol.extensions == {}
    connection = connection_of({"extensions": protocol.extensions}, send=Mock())
    assert isinstance(connection, AsgiConnection) == (transport is StringTransport)
