"""Daphne's periodic checks, only for the connections that need them."""

import asyncio
from typing import Any

import daphne.server
import pytest
from daphne.http_protocol import WebRequest

from trato.realtime.servers.housekeeping import FrugalServer, MessageQueue


class Protocol:
    """A connection whose application does what `self.work` does."""

    failure: BaseException | None = None

    def __init__(self) -> None:
        self.work: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def handle_exception(self, failure: BaseException) -> None:
        self.failure = failure


class Request(Protocol, WebRequest):
    """A request instead of a socket."""


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await scope["work"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> FrugalServer:
    monkeypatch.setattr(daphne.server.reactor, "callLater", lambda *_args: None)
    made = FrugalServer(application, endpoints=["tcp:0"])
    made.connections = {}
    return made


async def connect(server: FrugalServer, kind: type[Protocol] = Protocol) -> Protocol:
    protocol = kind()
    server.connections[protocol] = {}
    server.create_application(protocol, {"work": protocol.work})
    await asyncio.sleep(0)
    return protocol


async def test_who_has_gone_and_is_done_is_forgotten_and_nobody_else(server: FrugalServer) -> None:
    stays, goes = [await connect(server) for _ in range(2)]
    server.protocol_disconnected(goes)
    server.application_checker()
    assert set(server.connections) == {stays, goes}  # its application is still running
    goes.work.set_result(None)
    await asyncio.sleep(0.01)
    server.application_checker()
    assert set(server.connections) == {stays}


async def test_an_application_that_ends_first_waits_for_its_client(server: FrugalServer) -> None:
    protocol = await connect(server)
    protocol.work.set_result(None)
    await asyncio.sleep(0.01)
    server.application_checker()
    assert set(server.connections) == {protocol}
    server.protocol_disconnected(protocol)
    server.application_checker()
    assert not server.connections


async def test_a_broken_application_is_answered_for(server: FrugalServer) -> None:
    protocol = await connect(server)
    protocol.work.set_exception(ZeroDivisionError())
    await asyncio.sleep(0.01)
    server.application_checker()
    assert isinstance(protocol.failure, ZeroDivisionError)


async def test_a_socket_that_outlives_its_client_for_long_is_ended_and_no_request(
    server: FrugalServer,
) -> None:
    """A request's thread can't be killed, only abandoned with everything that it holds."""
    socket, request = await connect(server), await connect(server, Request)
    for protocol in (socket, request):
        server.protocol_disconnected(protocol)
        server.connections[protocol]["disconnected"] -= server.application_close_timeout + 1
    for _ in range(2):
        server.application_checker()
        await asyncio.sleep(0.01)
    assert (socket.work.cancelled(), request.work.cancelled()) == (True, False)
    assert set(server.connections) == {request}
    request.work.set_result(None)
    await asyncio.sleep(0.01)
    server.application_checker()
    assert not server.connections


async def test_idle_connections_are_not_walked(server: FrugalServer) -> None:
    class Details(dict[str, Any]):
        def get(self, *args: Any) -> Any:
            raise AssertionError("looked at")

    protocol = await connect(server)
    server.connections[protocol] = Details(server.connections[protocol])
    server.application_checker()
    assert set(server.connections) == {protocol}


async def test_a_queue_gives_messages_in_order_also_to_who_waits() -> None:
    queue = MessageQueue()
    waiting = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    messages = [{"number": number} for number in range(3)]
    for message in messages:
        queue.put_nowait(message)
    assert [await waiting, await queue.get(), await queue.get()] == messages
    assert queue.empty()


async def test_a_queue_loses_no_message_with_a_reader_that_is_cancelled() -> None:
    queue = MessageQueue()
    given_up = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    queue.put_nowait({"number": 0})
    given_up.cancel()
    await asyncio.wait([given_up])
    assert await queue.get() == {"number": 0}
