"""Many at once: one row, one conversation, and no cursor that skips messages."""

import asyncio
import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction

from accounts.models import User
from messaging import actions, queries
from messaging.models import Conversation, Message
from tests.patience import PATIENCE
from tests.said import in_log
from tests.threads import in_threads

pytestmark = pytest.mark.django_db(transaction=True)


async def test_100_sends_of_one_client_id_from_10_sockets_are_one_row_and_100_equal_answers(
    shopper: User, conversation: Conversation, socket_of: Any
) -> None:
    sockets = [await socket_of(shopper) for _ in range(10)]
    frame = {
        "type": "message.send",
        "conversation": conversation.pk,
        "client_id": str(uuid.uuid4()),
        "body": "Once",
    }

    async def send_ten(socket: Any) -> list[str]:
        for _ in range(10):
            await socket.send_to(text_data=json.dumps(frame))
        answers: list[str] = []
        async with asyncio.timeout(2 * PATIENCE):
            while len(answers) < 10:
                text = await socket.receive_from(30)
                if json.loads(text)["type"] == "message.accepted":
                    answers.append(text)
        return answers

    answers = [text for ten in await asyncio.gather(*map(send_ten, sockets)) for text in ten]
    assert len(answers) == 100
    assert len(set(answers)) == 1
    assert await Message.objects.acount() == 1


def test_50_clicks_on_ask_at_once_open_one_conversation_and_send_one_message(
    shopper: User, product: Any, client_of: Any
) -> None:
    client = client_of(shopper)
    client_id = str(uuid.uuid4())

    def click() -> str:
        status = 503
        while status == 503:  # all wait for one lock, and after a long wait the response is 503
            answer = client_of(shopper, like=client).post(
                f"/products/{product.slug}/contact/", {"body": "Hello", "client_id": client_id}
            )
            status = answer.status_code
        address: str = answer.headers["Location"]
        return address

    addresses = in_threads(50, click)
    assert len(set(addresses)) == 1
    assert Conversation.objects.count() == 1
    assert Message.objects.count() == 1


def test_two_senders_at_once_get_different_sequences(
    shopper: User, seller: User, conversation: Conversation
) -> None:
    def send() -> None:
        for person in (shopper, seller):
            actions.send(person, conversation.pk, uuid.uuid4(), "Hello")

    in_threads(8, send)
    rows = Message.objects.order_by("sequence").values_list("sequence", "revision")
    assert list(rows) == [(number, number) for number in range(1, 17)]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_a_reader_never_skips_a_message_whose_transaction_is_held_open(
    shopper: User, seller: User, stranger: User, conversation: Conversation, product: Any
) -> None:
    """One send has its row but no COMMIT yet, while another waits and a third commits."""
    other = actions.start_conversation(stranger, product=product)
    stored, release = threading.Event(), threading.Event()
    second_done = threading.Event()

    def hold() -> None:
        with transaction.atomic():
            actions.send(shopper, conversation.pk, uuid.uuid4(), "first")
            stored.set()
            assert release.wait(30)

    def follow() -> None:
        actions.send(seller, conversation.pk, uuid.uuid4(), "second")
        second_done.set()

    def on_own_connection(function: Any) -> None:
        try:
            function()
        finally:
            connections.close_all()

    cursor, held = 0, []
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(on_own_connection, hold)
        assert stored.wait(30)
        second = pool.submit(on_own_connection, follow)
        # Another conversation's message commits meanwhile, with a higher ID than the held one.
        sent = actions.send(stranger, other.pk, uuid.uuid4(), "elsewhere")
        assert in_log(sent).sequence == 1
        rows, _more = queries.messages_since(conversation, cursor)
        assert rows == []
        assert not second_done.is_set()
        release.set()
        first.result(30)
        second.result(30)
    rows, _more = queries.messages_since(conversation, cursor)
    held += [row.body for row in rows]
    assert held == ["first", "second"]
