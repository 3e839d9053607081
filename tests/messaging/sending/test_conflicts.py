"""A reused `client_id`: a different text under it is never dropped silently."""

import uuid
from typing import Any

import pytest

from accounts.models import User
from catalog.models import Product
from messaging.models import Conversation, Message

pytestmark = pytest.mark.django_db(transaction=True)


def bodies() -> list[str]:
    return list(Message.objects.order_by("sequence").values_list("body", flat=True))


def post(client: Any, address: str, client_id: str, body: str, accept: str = "text/html") -> Any:
    form = {"client_id": client_id, "body": body}
    return client.post(address, form, headers={"accept": accept})


@pytest.fixture(params=["a product's panel", "a shop's panel", "a thread"])
def form(request: pytest.FixtureRequest, product: Product, conversation: Conversation) -> str:
    """The URLs of all forms with a `client_id`."""
    return {
        "a product's panel": f"{product.get_absolute_url()}contact/",
        "a shop's panel": f"{product.shop.get_absolute_url()}contact/",
        "a thread": f"{conversation.get_absolute_url()}new_message/",
    }[str(request.param)]


def test_other_words_of_a_form_are_a_message_of_their_own(
    form: str, shopper: User, client_of: Any
) -> None:
    client, client_id = client_of(shopper), str(uuid.uuid4())
    for body in ("First", "Second", "Third", "Second", "First"):  # Back, forward, two clicks
        assert post(client, form, client_id, body).status_code == 302
    assert bodies() == ["First", "Second", "Third"]


def test_a_form_with_the_same_words_is_one_message(
    form: str, shopper: User, client_of: Any
) -> None:
    client, client_id = client_of(shopper), str(uuid.uuid4())
    for body in ("One\r\ntwo", "One\ntwo", "One\r\ntwo "):
        assert post(client, form, client_id, body).status_code == 302
    assert bodies() == ["One\ntwo"]


def test_a_script_is_told_of_the_conflict(form: str, shopper: User, client_of: Any) -> None:
    client, client_id = client_of(shopper), str(uuid.uuid4())
    post(client, form, client_id, "First")
    answer = post(client, form, client_id, "Second", "application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert answer.json()["client_id"] == client_id
    assert bodies() == ["First"]
    assert post(client, form, client_id, "First", "application/json").status_code < 400
    assert bodies() == ["First"]


def test_other_words_that_cannot_be_sent_come_back_to_the_form(
    form: str, shopper: User, client_of: Any
) -> None:
    client, client_id = client_of(shopper), str(uuid.uuid4())
    post(client, form, client_id, "First")
    answer = post(client, form, client_id, "much " * 1000)
    assert answer.status_code == 413
    assert "much much much" in answer.text
    assert bodies() == ["First"]


async def test_a_socket_is_told_of_the_conflict(
    shopper: User, conversation: Conversation, socket_of: Any
) -> None:
    socket, client_id = await socket_of(shopper), str(uuid.uuid4())

    async def send(body: str) -> None:
        await socket.send_json_to(
            {
                "type": "message.send",
                "conversation": conversation.pk,
                "client_id": client_id,
                "body": body,
            }
        )

    async def answer() -> Any:
        while True:
            frame = await socket.receive_json_from(30)
            if frame["type"] in ("message.accepted", "error"):
                return frame

    await send("First")
    first = await answer()
    for body in ("Second", "much " * 800 + "more" * 100):
        await send(body)
        refused = await answer()
        assert (refused["type"], refused["code"]) == ("error", "conflict")
        assert refused["client_id"] == client_id
    await send("First")
    assert await answer() == first
    assert await Message.objects.acount() == 1
