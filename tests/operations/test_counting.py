"""The metrics count what happens on sockets and pages."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from prometheus_client import REGISTRY

from accounts.models import User
from messaging import client_frames
from messaging.models import Conversation
from messaging.sending import submit as sending
from messaging.sending.batcher import Batcher
from tests.sockets import closed_with, message_frame, next_frame, send
from trato.realtime import groups

pytestmark = pytest.mark.django_db(transaction=True)

More = Callable[..., float]


def _now(series: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(series, labels) or 0.0


@pytest.fixture
def more() -> More:
    """`more(series, label=value)`: how much the series has grown since the test began."""
    before = {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
    }

    def since(series: str, **labels: str) -> float:
        return _now(series, **labels) - before.get((series, frozenset(labels.items())), 0.0)

    return since


async def test_a_send_on_the_socket_is_counted_by_what_became_of_it_and_timed(
    shopper: User, conversation: Conversation, socket_of: Any, more: More
) -> None:
    socket = await socket_of(shopper)
    await next_frame(socket, "session.ready")
    frame = message_frame(conversation)
    for _ in range(2):  # the second is a repeat, which is accepted like the first
        await send(socket, **frame)
        await next_frame(socket, "message.accepted")
    await send(socket, **message_frame(conversation, "x" * 4001))
    await next_frame(socket, "error")
    await send(socket, **message_frame(conversation) | {"conversation": conversation.pk + 99})
    await next_frame(socket, "error")
    for outcome, number in (("accepted", 2), ("too_long", 1), ("not_found", 1)):
        assert more("trato_sends_total", outcome=outcome) == number, outcome
    assert more("trato_send_seconds_count") == 2
    assert 0 < more("trato_send_seconds_sum") < 10


def test_a_send_by_post_is_counted_too(
    shopper: User, conversation: Conversation, client_of: Any, more: More
) -> None:
    client, path = client_of(shopper), f"/conversation/{conversation.pk}/new_message/"
    client.post(path, {"body": "Hello", "client_id": str(uuid.uuid4())})
    client.post(path, {"body": " ", "client_id": str(uuid.uuid4())})
    assert more("trato_sends_total", outcome="accepted") == 1
    assert more("trato_sends_total", outcome="invalid") == 1


async def test_open_sockets_are_counted_while_they_are_open_and_by_code_when_they_end(
    shopper: User, socket_of: Any, more: More
) -> None:
    one, two = await socket_of(shopper), await socket_of(shopper)
    for socket in (one, two):
        await next_frame(socket, "session.ready")
    assert more("trato_sockets_open") == 2
    await one.disconnect(code=1001)
    assert more("trato_sockets_open") == 1
    assert more("trato_socket_closes_total", code="1001") == 1
    await two.send_to(text_data="x" * 20_000)
    assert await closed_with(two) == 1009
    await two.disconnect(code=1009)
    assert more("trato_sockets_open") == 0
    assert more("trato_socket_closes_total", code="1009") == 1


async def test_sends_that_wait_for_the_database_are_counted_until_they_are_answered(
    shopper: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch, more: More
) -> None:
    free = asyncio.Event()
    store_batches = Batcher.store_batches

    async def held(self: Batcher) -> None:
        await free.wait()
        await store_batches(self)

    monkeypatch.setattr(Batcher, "store_batches", held)
    frame = client_frames.Send(conversation.pk, uuid.uuid4(), "Hello")
    answer = sending.submit(shopper, frame)
    assert more("trato_sends_waiting") == 1
    await asyncio.sleep(0.05)  # in progress by now
    assert more("trato_sends_waiting") == 1
    free.set()
    await answer
    assert more("trato_sends_waiting") == 0
    await sending.close()


async def test_resuming_is_counted_and_opening_anew_is_not(
    shopper: User, conversation: Conversation, socket_of: Any, client_of: Any, more: More
) -> None:
    socket = await socket_of(shopper)
    for since in (0, 1):
        await send(socket, type="conversation.open", conversation=conversation.pk, since=since)
        await next_frame(socket, "conversation.state")
    assert more("trato_resumes_total", by="socket") == 1
    client = await sync_to_async(client_of)(shopper)
    for since in (0, 1):
        path = f"/conversation/{conversation.pk}/messages/?since={since}"
        assert (await sync_to_async(client.get)(path)).status_code == 200
    assert more("trato_resumes_total", by="http") == 1


async def test_events_that_the_layer_refused_are_counted(
    monkeypatch: pytest.MonkeyPatch, more: More
) -> None:
    async def refuse(*args: Any) -> None:
        raise ConnectionError

    layer = get_channel_layer()
    for name in ("group_send", "publish_many"):
        monkeypatch.setattr(layer, name, refuse, raising=False)
    await groups.asend_many([(["user.1", "user.2"], {"type": "badge.changed"})])
    assert more("trato_publish_failures_total") == 2


async def test_a_process_that_ends_answers_what_a_socket_sent_before_it_is_closed(
    shopper: User, conversation: Conversation, socket_of: Any, more: More
) -> None:
    socket = await socket_of(shopper)
    await next_frame(socket, "session.ready")
    sent = [message_frame(conversation, f"Item {number}") for number in range(5)]
    for frame in sent:
        await send(socket, **frame)
    await socket.send_input({"type": "server.stopping"})
    heard = [(await next_frame(socket, "message.accepted"))["client_id"] for _ in sent]
    assert heard == [frame["client_id"] for frame in sent]
    assert await closed_with(socket) == 1012
    assert more("trato_socket_closes_total", code="1012") == 1
