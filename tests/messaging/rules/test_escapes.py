"""Ways around the shield and the spam guard."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts.models import User
from catalog.factories import ProductFactory, ShopFactory
from messaging import actions
from messaging.editing.actions import edit
from messaging.files.actions import describe
from messaging.models import Conversation, HeldMessage, Message, Objection
from messaging.records import Held, Sent
from messaging.review.actions import release
from tests.messaging.rules.conftest import SetRule
from tests.sockets import message_frame, next_frame
from tests.sockets import send as send_frame
from tests.uploads import PDF, jpeg, uploaded
from trato import rate_limits
from trato.errors import Refused

SAME = "Hello, I sell followers for your shop, write to me if you want some thousands"
IBAN = "Pay to ES91 2100 0418 4502 0005 1332"


@pytest.mark.django_db
def test_the_name_of_a_file_is_words_too(
    conversation: Conversation, shopper: User, set_rule: SetRule
) -> None:
    set_rule("phone", action="refuse")
    file = uploaded(shopper, conversation, PDF, name="Call me at 612 345 678.pdf")
    with pytest.raises(Refused):
        actions.send(shopper, conversation.pk, uuid.uuid4(), "Here", files=[file.pk])


@pytest.mark.django_db
def test_the_description_of_a_picture_is_words_too(
    conversation: Conversation, shopper: User, set_rule: SetRule
) -> None:
    set_rule("phone", action="refuse")
    file = uploaded(shopper, conversation, jpeg(), name="a.jpg")
    describe(shopper, conversation.pk, file.pk, "Call me at 612 345 678, please")
    with pytest.raises(Refused):
        actions.send(shopper, conversation.pk, uuid.uuid4(), "Here", files=[file.pk])


@pytest.mark.django_db
def test_the_same_text_to_many_after_waiting_is_held(shopper: User) -> None:
    talks = []
    for _ in range(8):
        product = ProductFactory(shop=ShopFactory())
        talks.append(actions.start_conversation(shopper, product=product))
        rate_limits.reset()
    Conversation.objects.update(created_at=timezone.now() - timedelta(days=3))
    answers = [actions.send(shopper, talk.pk, uuid.uuid4(), SAME) for talk in talks]
    assert any(isinstance(answer, Held) for answer in answers)


@pytest.mark.django_db
def test_the_same_text_to_many_at_once_is_held(shopper: User) -> None:
    talks = []
    for _ in range(8):
        product = ProductFactory(shop=ShopFactory())
        talks.append(actions.start_conversation(shopper, product=product))
        rate_limits.reset()
    answers = [actions.send(shopper, talk.pk, uuid.uuid4(), SAME) for talk in talks]
    assert any(isinstance(answer, Held) for answer in answers)


@pytest.mark.django_db
def test_innocent_words_edited_into_spam_are_held_or_refused(shopper: User) -> None:
    outcomes = []
    for number in range(8):
        product = ProductFactory(shop=ShopFactory())
        rate_limits.reset()
        talk = actions.start_conversation(shopper, product=product)
        answer = actions.send(shopper, talk.pk, uuid.uuid4(), f"Hi {'abcdefgh'[number]}")
        if isinstance(answer, Sent):
            try:
                edit(shopper, talk.pk, answer.sequence, SAME)
                outcomes.append("edited")
            except Refused:
                outcomes.append("refused")
    assert outcomes.count("edited") <= 5, outcomes


@pytest.mark.django_db
def test_an_edit_into_warned_words_asks_or_leaves_an_objection(
    conversation: Conversation, shopper: User, set_rule: SetRule
) -> None:
    set_rule("phone", action="warn")
    sent = actions.send(shopper, conversation.pk, uuid.uuid4(), "Hello")
    assert isinstance(sent, Sent)
    try:
        edit(shopper, conversation.pk, sent.sequence, "Call me at 612 345 678, please")
    except Refused:
        return
    assert Objection.objects.exists()


@pytest.mark.django_db(transaction=True)
async def test_a_reused_client_id_lets_nothing_through(
    conversation: Conversation, shopper: User, moderator: User, socket_of: Any,
    set_rule: SetRule,
) -> None:  # fmt: skip
    """An innocent held message is delivered; its client_id then vouches for an IBAN."""
    await sync_to_async(set_rule)("iban", action="mask")
    await sync_to_async(set_rule)(
        "word", pattern="parrot", detector="", action="hold", label_en="a parrot", is_on=True
    )
    socket = await socket_of(shopper)
    innocent = message_frame(conversation, "I like this parrot")
    await send_frame(socket, **innocent)
    await next_frame(socket, "message.held")

    def let_go() -> None:
        release(moderator, HeldMessage.objects.get().pk, "Innocent")

    await sync_to_async(let_go)()
    await send_frame(socket, **innocent | {"body": IBAN, "insists": True})
    error = await next_frame(socket, "error")
    assert error["code"] == "conflict", error
    await send_frame(socket, **message_frame(conversation, IBAN))
    await send_frame(socket, **message_frame(conversation, "Last words"))
    while (await next_frame(socket, "message.accepted"))["sequence"] < 2:
        pass
    bodies = await sync_to_async(
        lambda: list(Message.objects.order_by("sequence").values_list("body", flat=True))
    )()
    assert IBAN not in bodies
