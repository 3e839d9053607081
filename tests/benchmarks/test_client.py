"""The measuring client's definition of a delivered message."""

import contextlib
import socket
from collections.abc import Iterator

import pytest

from benchmarks import frames
from benchmarks.client import Endpoint, Peer, Refused
from benchmarks.dialects import TRATO

Pair = tuple[Peer, Peer]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Two people of one conversation, on a server that only listens."""
    with contextlib.ExitStack() as opened:
        server = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
        endpoint = Endpoint(conversation=7, cookie="", port=server.getsockname()[1])
        one, other = Peer(endpoint, TRATO), Peer(endpoint, TRATO)
        opened.enter_context(one.sock)
        opened.enter_context(other.sock)
        yield one, other


def created(client_id: bytes) -> bytes:
    return b'{"type":"message.created","conversation":7,"client_id":"%s"}' % client_id


def test_a_message_arrives_once_and_with_the_other_side(pair: Pair) -> None:
    one, other = pair
    one.send(other, now=0.0)
    frame = created(other.awaited_id)
    assert not one.handle(frame, TRATO), "the sender's own echo is no receipt"
    assert other.handle(frame, TRATO)
    assert not other.handle(frame, TRATO), "told twice is received once"
    assert (one.received, other.received) == (0, 1)


def test_somebody_elses_message_is_not_the_one_that_is_timed(pair: Pair) -> None:
    one, other = pair
    one.send(other, now=0.0)
    assert not other.handle(created(b"c1f1a1d0-0000-4000-8000-000000000000"), TRATO)
    assert other.handle(created(other.awaited_id), TRATO)


def test_an_acknowledgement_is_counted_and_is_no_receipt(pair: Pair) -> None:
    one, other = pair
    one.send(other, now=0.0)
    accepted = b'{"type":"message.accepted","client_id":"%s"}' % other.awaited_id
    assert not one.handle(accepted, TRATO)
    assert (one.accepted, one.received) == (1, 0)


def test_the_badge_is_the_last_one_that_was_told(pair: Pair) -> None:
    one, _ = pair
    for unread in (3, 1):
        assert not one.handle(b'{"type":"badge","unread":%d}' % unread, TRATO)
    assert (one.unread, one.badges) == (1, 2)


def test_an_error_ends_the_measuring(pair: Pair) -> None:
    one, _ = pair
    with pytest.raises(Refused, match="rate_limited"):
        one.handle(b'{"type":"error","code":"rate_limited"}', TRATO)


def test_every_message_has_an_id_of_its_own_and_90_bytes(pair: Pair) -> None:
    one, other = pair
    ids = set()
    for _ in range(50):
        one.send(other, now=0.0)
        ids.add(other.awaited_id)
    assert len(ids) == 50
    assert {len(client_id) for client_id in ids} == {36}
    body = TRATO.send.partition(b'"body":"')[2]
    assert len(body.removesuffix(b'"}')) == 90


def test_pings_are_answered_while_it_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        peer = Peer(Endpoint(7, "", server.getsockname()[1]), TRATO)
        line, _ = server.accept()
        with line, peer.sock:
            line.sendall(bytes((0x80 | frames.PING, 2)) + b"ab")
            assert peer.receive() == [(frames.PING, b"ab")]
            answer = line.recv(64)
            key, masked = answer[2:6], answer[6:]
            assert answer[0] == 0x80 | frames.PONG
            assert bytes(byte ^ key[place % 4] for place, byte in enumerate(masked)) == b"ab"
