"""A questioned message at each entrance: script, form, first question, schedule, edit."""

import json
import uuid
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.models import Product
from messaging.models import (
    Conversation,
    KeptQuestion,
    Message,
    Objection,
    ScheduledMessage,
)
from messaging.rules import hits
from messaging.scheduled import delivery
from tests.messaging.rules.asking import MASKED, PHONE, send
from tests.messaging.rules.conftest import SetRule

pytestmark = pytest.mark.django_db


def test_a_script_gets_the_question_as_json(
    shopper: User, conversation: Conversation, client_of: Any
) -> None:
    client, key = client_of(shopper), str(uuid.uuid4())
    address = f"{conversation.get_absolute_url()}new_message/"
    form = {"body": PHONE, "client_id": key}
    headers = {"accept": "application/json"}
    answer = client.post(address, form, headers=headers)
    assert answer.status_code == 403
    error = json.loads(answer.content)
    assert (error["code"], error["client_id"]) == ("forbidden", key)
    assert error["shield"] == {
        "action": "warn",
        "findings": [{"start": 11, "end": 22, "kind": "phone", "rule": "phone"}],
        "masked": MASKED,
        "may_insist": True,
    }
    assert client.post(address, form | {"insists": "1"}, headers=headers).status_code == 200
    assert Message.objects.get().body == PHONE


def test_the_form_comes_back_with_the_draft_and_the_choices(
    shopper: User, conversation: Conversation, client_of: Any
) -> None:
    client = client_of(shopper)
    address = f"{conversation.get_absolute_url()}new_message/"
    form = {"body": f"<b>{PHONE}", "client_id": str(uuid.uuid4())}
    page = client.post(address, form)
    assert page.status_code == 403
    assert "<mark>612 345 678</mark>" in page.text
    assert "&lt;b&gt;Call me at" in page.text
    assert "<b>Call" not in page.text
    assert f"&lt;b&gt;{MASKED}" in page.text
    without = form | {"masked": f"<b>{MASKED}", "without": "1"}
    assert client.post(address, without).status_code == 302
    assert client.post(address, form | {"insists": "1"}).status_code == 302
    bodies = list(Message.objects.order_by("sequence").values_list("body", flat=True))
    assert bodies == [f"<b>{MASKED}", f"<b>{PHONE}"]


def test_a_first_question_comes_back_and_starts_no_conversation(
    shopper: User, product: Product, client_of: Any, set_rule: SetRule
) -> None:
    client = client_of(shopper)
    address = f"/products/{product.slug}/contact/"
    form = {"body": PHONE, "client_id": str(uuid.uuid4())}
    page = client.post(address, form)
    assert page.status_code == 403
    assert "<mark>612 345 678</mark>" in page.text
    assert not Conversation.objects.exists()
    set_rule("phone", action="refuse")
    assert client.post(address, form | {"insists": "1"}).status_code == 403
    hits.due(50)
    assert Objection.objects.get().conversation is None
    set_rule("phone", action="warn")
    assert client.post(address, form | {"insists": "1"}).status_code == 302
    assert Message.objects.get().body == PHONE


def test_a_visitors_question_waits_until_it_is_answered(
    shopper: User, product: Product, client_of: Any, settings: Any
) -> None:
    client = client_of(None)
    address = f"/products/{product.slug}/contact/"
    key = str(uuid.uuid4())
    assert client.post(address, {"body": PHONE, "client_id": key}).status_code == 302
    client.force_login(shopper, backend=settings.AUTHENTICATION_BACKENDS[0])
    page = client.get(address)
    assert page.status_code == 403
    assert "<mark>612 345 678</mark>" in page.text
    assert KeptQuestion.objects.exists()
    form = {"body": PHONE, "client_id": key, "masked": MASKED, "without": "1"}
    assert client.post(address, form).status_code == 302
    assert Message.objects.get().body == MASKED
    assert not KeptQuestion.objects.exists()


def test_a_scheduled_message_fails_with_words(seller: User, conversation: Conversation) -> None:
    row = ScheduledMessage.objects.create(
        conversation=conversation,
        author=seller,
        body=PHONE,
        send_at=timezone.now(),
        only_if_quiet=False,
        after_sequence=0,
        client_id=uuid.uuid4(),
        changed_by=seller,
    )
    delivery.due()
    row.refresh_from_db()
    assert (row.state, row.failure) == ("failed", "questioned")
    assert "contact or payment details" in str(row.get_failure_display())


@pytest.mark.parametrize(
    ("action", "is_changed"), [("warn", True), ("mask", False), ("hold", False), ("refuse", False)]
)
def test_an_edit_is_refused_where_a_message_would_not_be_delivered(
    action: str,
    is_changed: bool,
    shopper: User,
    conversation: Conversation,
    client_of: Any,
    set_rule: SetRule,
) -> None:
    send(shopper, conversation, "Hello")
    set_rule("phone", action=action)
    address = f"{conversation.get_absolute_url()}messages/1/"
    form = {"act": "edit", "body": PHONE}
    answer = client_of(shopper).post(address, form, headers={"accept": "application/json"})
    assert answer.status_code == (200 if is_changed else 403)
    if not is_changed:
        assert answer.json()["shield"]["may_insist"] is False
    assert Message.objects.get().body == (PHONE if is_changed else "Hello")


def test_an_edit_that_keeps_the_words_is_no_question(
    shopper: User, conversation: Conversation, client_of: Any, set_rule: SetRule
) -> None:
    send(shopper, conversation, insists=True)
    set_rule("phone", action="refuse")
    address = f"{conversation.get_absolute_url()}messages/1/"
    assert client_of(shopper).post(address, {"act": "edit", "body": PHONE}).status_code == 302
