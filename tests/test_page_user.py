"""A page rendered for one person does nothing for another person who has logged in since."""

import re
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from catalog.models import Product, Shop
from messaging.factories import MessageFactory
from messaging.models import Conversation, Message, Participant
from notifications.factories import NotificationFactory

JSON = "application/json"


def send(client: Client, conversation: Conversation, **more: Any) -> Any:
    """Send like the page's script: `page_user=` in the form, `page=` in the header."""
    headers = {"accept": JSON}
    if "page" in more:
        headers["page-user"] = str(more.pop("page"))
    form = {"body": "In whose name?", "client_id": str(uuid.uuid4())} | more
    return client.post(f"{conversation.get_absolute_url()}new_message/", form, headers=headers)


@pytest.mark.django_db
@pytest.mark.parametrize("named_in", ["page", "page_user"])
def test_words_are_not_stored_under_the_name_of_a_colleague(
    named_in: str, seller: User, colleague: User, conversation: Conversation, client_of: Any
) -> None:
    browser = client_of(colleague)  # logged in after the seller's page was opened
    answer = send(browser, conversation, **{named_in: seller.pk})
    assert answer.status_code == 412
    assert answer.json() == {"type": "session.changed", "user": colleague.pk}
    assert not Message.objects.exists()
    assert send(browser, conversation, **{named_in: colleague.pk}).status_code == 200
    assert send(browser, conversation).status_code == 200  # a client without a page
    assert [message.sender for message in Message.objects.all()] == [colleague, colleague]


@pytest.mark.django_db
def test_reading_in_a_page_of_another_marks_nothing_read_and_tells_nothing(
    seller: User, colleague: User, conversation: Conversation, client_of: Any
) -> None:
    MessageFactory(conversation=conversation)
    browser, at = client_of(colleague), conversation.get_absolute_url()
    named = {"page-user": str(seller.pk)}
    assert browser.post(f"{at}read/", {"sequence": 1}, headers=named).status_code == 412
    assert browser.get(f"{at}read.gif?sequence=1&page_user={seller.pk}").status_code == 412
    for address in ("/notifications/unread/", f"{at}messages/?since=0", "/conversations/"):
        answer = browser.get(address, headers={**named, "accept": JSON})
        assert answer.status_code == 412
        assert b"question" not in answer.content
    assert not Participant.objects.filter(user=colleague, last_read_sequence=1).exists()
    own = {"page-user": str(colleague.pk)}
    assert browser.post(f"{at}read/", {"sequence": 1}, headers=own).status_code == 204
    assert Participant.objects.filter(user=colleague, last_read_sequence=1).exists()


@pytest.mark.django_db
def test_a_form_of_another_persons_page_gives_the_words_back(
    seller: User, colleague: User, conversation: Conversation, client_of: Any
) -> None:
    page = client_of(seller).get(conversation.get_absolute_url()).content.decode()
    assert re.findall(r'name="page_user" value="(\d+)"', page)[0] == str(seller.pk)
    answer = client_of(colleague).post(
        f"{conversation.get_absolute_url()}new_message/",
        {"body": "Half an hour's work", "client_id": uuid.uuid4(), "page_user": seller.pk},
    )
    assert answer.status_code == 412
    assert "Half an hour&#x27;s work" in answer.content.decode()
    assert colleague.name in answer.content.decode()
    assert seller.name not in answer.content.decode()
    assert not Message.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/accounts/profile/", "/accounts/email/", "/notifications/", "/admin/"]
)
def test_every_form_names_its_person_also_those_of_others(
    address: str, moderator: User, client_of: Any
) -> None:
    NotificationFactory(recipient=moderator)
    page = client_of(moderator).get(address).content.decode()
    forms = re.findall(r"<form[^>]*method=\"?post.*?</form>", page, re.DOTALL | re.IGNORECASE)
    assert forms
    for form in forms:
        assert f'name="page_user" value="{moderator.pk}"' in form
    visitor = client_of(None).get("/accounts/login/").content.decode()
    assert "page_user" not in visitor


@pytest.mark.django_db
def test_a_question_is_not_asked_in_the_name_of_another(
    shopper: User, stranger: User, product: Product, client_of: Any
) -> None:
    address = f"{product.get_absolute_url()}contact/"
    browser = client_of(stranger)
    asked = browser.post(address, {"body": "Is it blue?", "page_user": shopper.pk})
    assert asked.status_code == 412
    assert "Is it blue?" in asked.content.decode()
    assert not Conversation.objects.exists()
    assert browser.post(address, {"body": "Is it blue?"}).status_code == 302
    assert Message.objects.get().sender == stranger


@pytest.mark.django_db
@pytest.mark.parametrize("comes_back", [True, False])
def test_a_question_kept_over_a_login_is_only_its_writers(
    comes_back: bool, shopper: User, stranger: User, product: Product, client_of: Any
) -> None:
    address = f"{product.get_absolute_url()}contact/"
    browser = client_of(None)  # whose author was logged out before sending it
    kept = browser.post(address, {"body": "Is it blue?", "page_user": shopper.pk})
    assert kept.url.startswith("/accounts/login/")
    browser.force_login(
        shopper if comes_back else stranger, backend=settings.AUTHENTICATION_BACKENDS[0]
    )
    after = browser.get(address)
    senders = [message.sender for message in Message.objects.all()]
    assert senders == ([shopper] if comes_back else [])
    assert after.url == (
        Conversation.objects.get().get_absolute_url() if comes_back else product.get_absolute_url()
    )


@pytest.mark.django_db
def test_what_is_short_comes_back_too(
    seller: User, colleague: User, shop: Shop, client_of: Any
) -> None:
    form = {"page_user": seller.pk, "currency": "EUR", "password": "trato-demo", "client_id": "x-1"}
    week = {"day0": "9:30-14", "day6": "11-12"}
    for more, lines in (
        ({"title": "Vase", "amount": "12,50", "stock": "3"}, "Price: 12,50\nCurrency: EUR\nIn st"),
        ({"name": "Courier", "colour": "blue"}, "Colour: Blue"),
        ({"words": "Rude", "reason": "spam"}, "Reason: Spam"),
        ({"reason": "We were closed"}, "We were closed"),
        ({"short": "ship", "city": "Vigo"}, "Shortcut: ship\n"),
        ({"email": "new@example.com", "role": "agent"}, "Email: new@example.com\n"),
        (week, "Monday: 9:30-14\nSunday: 11-12"),
    ):
        answer = client_of(colleague).post("/my/products/new/", {**form, **more})
        assert answer.status_code == 412
        assert lines in answer.text
        assert not {"trato-demo", "x-1"} & set(re.findall(r"[\w-]+", answer.text))
    assert not Product.objects.exists()
