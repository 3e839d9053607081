"""Sends that don't wait for acknowledgements: each names the one it is `after`; order is kept."""

import asyncio
import uuid
from typing import Any

import pytest
from django.db import OperationalError
from django.http import Http404

from accounts.models import User
from messaging import client_frames
from messaging.models import Conversation, Message
from messaging.sending import submit as sending
from tests.patience import PATIENCE
from tests.sockets import message_frame, next_frame, send
from trato.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)

ONE, TWO, THREE = (str(uuid.UUID(int=number)) for number in (1, 2, 3))


class Held:
    """Replaces `submit`: holds its attempts until the test releases them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.frames: asyncio.Queue[tuple[client_frames.Send, asyncio.Future[str]]] = asyncio.Queue()
        self.answers: list[asyncio.Future[str]] = []
        self.through = sending.submit
        monkeypatch.setattr(sending, "submit", self.submit)

    def submit(
        self, _person: User, frame: client_frames.Send, _language: str
    ) -> "asyncio.Future[str]":
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.frames.put_nowait((frame, answer))
        self.answers.append(answer)
        return answer

    def release(self) -> None:
        """Answer the sends that are still held, because a closing socket waits for them."""
        for answer in self.answers:
            if not answer.done():
                answer.set_result('{"type":"message.accepted"}')

    async def next(self, client_id: str) -> "asyncio.Future[str]":
        """Return the send that was passed on, if it is the only one."""
        async with asyncio.timeout(PATIENCE):
            frame, answer = await self.frames.get()
        assert str(frame.client_id) == client_id
        assert self.frames.empty()
        return answer


@pytest.fixture
def chain(conversation: Conversation) -> list[dict[str, Any]]:
    """Three messages, sent without waiting."""
    return [
        message_frame(conversation, "One", client_id=ONE),
        message_frame(conversation, "Two", client_id=TWO, after=ONE),
        message_frame(conversation, "Three", client_id=THREE, after=TWO),
    ]


async def test_what_is_sent_without_waiting_is_stored_in_its_order(
    shopper: User, chain: list[dict[str, Any]], socket_of: Any
) -> None:
    socket = await socket_of(shopper)
    for frame in chain:
        await send(socket, **frame)
    heard = [await next_frame(socket, "message.accepted") for _ in chain]
    assert [(one["client_id"], one["sequence"]) for one in heard] == [
        (ONE, 1),
        (TWO, 2),
        (THREE, 3),
    ]
    assert [row.body async for row in Message.objects.order_by("sequence")] == [
        "One",
        "Two",
        "Three",
    ]


@pytest.mark.parametrize(
    "error",
    [Refused("rate_limited", "Wait", 3), Refused("unavailable", "Away"), OperationalError()],
)
async def test_what_comes_after_a_message_that_has_to_wait_waits_too(
    error: Exception,
    shopper: User,
    chain: list[dict[str, Any]],
    socket_of: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    socket = await socket_of(shopper)
    held = Held(monkeypatch)
    await send(socket, **chain[0])
    await send(socket, **chain[1])
    first = await held.next(ONE)
    first.set_exception(error)
    refused = [await next_frame(socket, "error") for _ in range(2)]
    assert [one["client_id"] for one in refused] == [ONE, TWO]
    assert len({one["code"] for one in refused}) == 1
    await send(socket, **chain[2])  # sent before the client knew of that
    assert (await next_frame(socket, "error"))["client_id"] == THREE
    assert held.frames.empty()

    monkeypatch.setattr(sending, "submit", held.through)
    for frame in chain:
        await send(socket, **frame)
    assert [(await next_frame(socket, "message.accepted"))["sequence"] for _ in chain] == [1, 2, 3]


@pytest.mark.parametrize("error", [Refused("invalid", "A bell"), Http404()])
async def test_what_comes_after_a_message_that_is_refused_for_good_is_sent(
    error: Exception,
    shopper: User,
    chain: list[dict[str, Any]],
    socket_of: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    socket = await socket_of(shopper)
    held = Held(monkeypatch)
    for frame in chain:
        await send(socket, **frame)
    first = await held.next(ONE)
    first.set_exception(error)
    assert (await next_frame(socket, "error"))["client_id"] == ONE
    second = await held.next(TWO)
    second.set_result('{"type":"message.accepted"}')
    await held.next(THREE)
    held.release()


async def test_without_after_nothing_waits(
    shopper: User, conversation: Conversation, socket_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = await socket_of(shopper)
    held = Held(monkeypatch)
    await send(socket, **message_frame(conversation, client_id=ONE))
    await held.next(ONE)
    await send(socket, **message_frame(conversation, client_id=TWO))
    await held.next(TWO)
    await send(socket, **message_frame(conversation, client_id=THREE, after=str(uuid.uuid4())))
    await held.next(THREE)
    held.release()
