"""The measuring client against a small server that speaks the protocol."""

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from benchmarks import client, closed_loop
from benchmarks.client import Endpoint, Refused
from benchmarks.dialects import TRATO
from benchmarks.idle import IdleSockets

ORIGIN = "http://shop.example.com"
PAIR = [1, 2]  # users


class Server:
    """Acknowledges messages and passes them on to everybody, unless it `loses` them."""

    def __init__(self) -> None:
        self.loses = False
        self.read: list[int] = []
        self.port = 0
        self._sockets: list[ServerConnection] = []

    async def talk(self, socket: ServerConnection) -> None:
        self._sockets.append(socket)
        await socket.send(json.dumps({"type": "session.ready", "user": 1, "unread": 0}, **COMPACT))
        async for text in socket:
            frame = json.loads(text)
            if frame["type"] == "conversation.open":
                await socket.send(json.dumps({"type": "conversation.state"}, **COMPACT))
            elif frame["type"] == "conversation.read":
                self.read.append(frame["sequence"])
            elif frame["type"] == "message.send" and not self.loses:
                fields = {"client_id": frame["client_id"], "sequence": 7}
                await socket.send(json.dumps({"type": "message.accepted", **fields}, **COMPACT))
                for other in self._sockets:
                    await other.send(json.dumps({"type": "message.created", **fields}, **COMPACT))


COMPACT: Any = {"separators": (",", ":")}


@pytest.fixture
def server() -> Iterator[Server]:
    made, loop, started = Server(), asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()

    async def run() -> None:
        async with serve(made.talk, "127.0.0.1", 0) as listening:
            made.port = next(iter(listening.sockets)).getsockname()[1]
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    assert started.wait(30)
    yield made
    loop.call_soon_threadsafe(stop.set)
    thread.join(30)


@pytest.fixture
def endpoints(server: Server) -> list[Endpoint]:
    return [Endpoint(conversation=3, cookie="", port=server.port) for _ in PAIR]


def measure(peers: list[client.Peer], **options: Any) -> closed_loop.Measurement:
    return closed_loop.measure(
        peers, TRATO, warm_up=0.05, seconds=0.1, on_edge=lambda: None, **options
    )


def test_a_pair_talks_and_every_message_is_counted(
    server: Server, endpoints: list[Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closed_loop, "BADGE_SECONDS", 0.05)
    peers = client.connect(endpoints, TRATO, ORIGIN, opening=True)
    measurement = measure(peers, read_every=1)
    for peer in peers:
        peer.close()
    assert measurement.sent == measurement.accepted > len(measurement.latencies) > 0
    assert set(server.read) == {7}


def test_a_lost_message_is_an_error(
    server: Server, endpoints: list[Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closed_loop, "TIMEOUT_SECONDS", 0.1)
    peers = client.connect(endpoints, TRATO, ORIGIN)
    server.loses = True
    with pytest.raises(Refused, match="1 messages are missing"):
        measure(peers)
    for peer in peers:
        peer.close()


def test_idle_sockets_stay_open(endpoints: list[Endpoint]) -> None:
    sockets = IdleSockets(TRATO, ORIGIN)
    sockets.add(endpoints[:1])
    sockets.add(endpoints[1:])
    sockets.hold(0.05)
    assert len(sockets.peers) == len(PAIR)
    sockets.drop()
