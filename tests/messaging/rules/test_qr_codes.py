"""QR codes in pictures count as links, both for the rules and for their recipients."""

import uuid
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from accounts.models import User
from messaging import frames, message_warnings, pipeline
from messaging.link_hosts import forget
from messaging.message_extras import sent_of
from messaging.models import Conversation, File, HeldMessage, LinkHost, Message
from messaging.records import Attempt, Held
from tests.messaging.rules.asking import question, send
from tests.messaging.rules.conftest import SetRule
from tests.uploads import qr_code, uploaded
from trato.errors import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_hurry")]

EVIL = "https://evil.example/pay"


def sent_with(person: User, talk: Conversation, code: str, body: str = "Look") -> Message:
    file = uploaded(person, talk, qr_code(code))
    send(person, talk, body, files=[file.pk])
    return Message.objects.select_related("sender", "conversation").latest("pk")


@pytest.mark.parametrize("action", ["warn", "mask", "refuse"])
def test_a_code_is_asked_about_as_the_link_would_be(
    action: str, shopper: User, conversation: Conversation, set_rule: SetRule
) -> None:
    set_rule("link", is_on=True, action=action)
    file = uploaded(shopper, conversation, qr_code(EVIL))
    asked = question(shopper, conversation, "Look", files=[file.pk])
    assert asked.shield.action == question(shopper, conversation, EVIL).shield.action == action
    assert asked.shield.findings == []
    assert asked.shield.masked is None
    assert "link to another site" in str(asked.detail)
    assert "QR code" in str(asked.detail)
    assert not Message.objects.exists()


def test_a_code_is_held_as_the_link_would_be(
    shopper: User, conversation: Conversation, set_rule: SetRule
) -> None:
    set_rule("link", is_on=True, action="hold")
    file = uploaded(shopper, conversation, qr_code(EVIL))
    assert isinstance(send(shopper, conversation, "", files=[file.pk]), Held)
    assert HeldMessage.objects.get().files.get() == file
    assert not Message.objects.exists()


@pytest.mark.parametrize("code", ["https://testserver/products/", "Size 42, blue"])
def test_a_code_that_leads_nowhere_else_passes(
    code: str, shopper: User, conversation: Conversation, set_rule: SetRule, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    set_rule("link", is_on=True, action="refuse")
    settings.SITE_URL = "https://testserver"
    message = sent_with(shopper, conversation, code)
    assert message.files.get().codes == code
    assert frames.MessageCreated.of(sent_of(message)).links == ()


def test_somebody_elses_code_says_nothing(
    shopper: User, seller: User, conversation: Conversation, set_rule: SetRule
) -> None:
    set_rule("link", is_on=True, action="refuse")
    file = uploaded(seller, conversation, qr_code(EVIL))
    with pytest.raises(Refused) as refusal:
        send(shopper, conversation, "Look", files=[file.pk])
    assert refusal.value.code == "not_found"


def test_the_receiver_sees_where_a_code_leads(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    message = sent_with(shopper, conversation, "evil.example/pay")
    [link] = frames.MessageCreated.of(sent_of(message)).links
    assert (link.place, link.address, link.leads, link.action) == (-1, "", "evil.example", "")
    client: Client = client_of(seller)
    page = client.get(conversation.get_absolute_url()).text
    assert "A QR code in the picture leads to evil.example." in page
    assert 'href="https://evil.example' not in page
    LinkHost.objects.create(host="evil.example", action=LinkHost.Action.BLOCK)
    forget()
    page = client.get(conversation.get_absolute_url()).text
    assert "Our staff have blocked evil.example. Don't scan the code." in page
    Message.objects.filter(pk=message.pk).update(removed_at=message.created_at)
    assert "evil.example" not in client.get(conversation.get_absolute_url()).text


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("Scan this to receive your payment", ["pay_to_receive"]),
        ("Escanéalo para recibir el dinero", ["pay_to_receive"]),
        ("Here is the photo of the label that you wanted", []),
    ],
)
def test_a_code_to_receive_money_is_warned_of(
    body: str, kinds: list[str], shopper: User, conversation: Conversation, set_rule: SetRule
) -> None:
    set_rule("pay-to-receive", is_on=False)
    message = sent_with(shopper, conversation, "PAYMENT-7731", body)
    assert frames.MessageCreated.of(sent_of(message)).warnings == kinds


def test_naming_a_code_hides_no_other_scam() -> None:
    text = "Please send me the six-digit code that you got by text message"
    assert message_warnings.warnings(text) == ["sms_code"]
    assert "sms_code" in message_warnings.warnings(text, "PAYMENT-7731")


def test_a_message_with_files_costs_one_query_more(
    shopper: User, conversation: Conversation, django_assert_num_queries: Any
) -> None:
    file = File.objects.create(
        conversation=conversation, owner=shopper, client_id=uuid.uuid4(), size=1, is_ready=True
    )
    attempt = attempt_of(shopper, conversation, file)
    with django_assert_num_queries(1):
        pipeline.check(attempt)
    assert attempt.refusal is None


@pytest.mark.django_db(transaction=True)
def test_sockets_are_asked_too(
    shopper: User, conversation: Conversation, set_rule: SetRule
) -> None:
    set_rule("link", is_on=True, action="refuse")
    file = uploaded(shopper, conversation, qr_code(EVIL))
    attempt = attempt_of(shopper, conversation, file)
    async_to_sync(pipeline.check_many)([attempt])
    assert attempt.refusal is not None
    assert "QR code" in str(attempt.refusal.detail)


def attempt_of(person: User, talk: Conversation, file: File) -> Attempt:
    return Attempt(
        sender=person,
        conversation_id=talk.pk,
        client_id=uuid.uuid4(),
        body="Look",
        files=[file.pk],
    )
