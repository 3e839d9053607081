"""A message's own URL: its page, its forms, and the same actions for scripts."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from messaging.editing.actions import edit, withdraw
from messaging.models import Conversation, Message, Report
from tests.said import say

pytestmark = pytest.mark.django_db

JSON = {"accept": "application/json"}


@pytest.fixture
def said(shopper: User, conversation: Conversation) -> Message:
    return say(shopper, conversation, "Is it glzed?")


@pytest.fixture
def address(said: Message) -> str:
    return f"/conversation/{said.conversation_id}/messages/1/"


def test_a_form_edits_and_leads_back_to_the_message(
    shopper: User, address: str, client_of: Any
) -> None:
    client = client_of(shopper)
    page = client.get(address).text
    assert 'value="edit"' in page
    assert 'value="withdraw"' in page
    answer = client.post(address, {"act": "edit", "body": "Is it glazed?"})
    assert answer.status_code == 302
    assert answer.url.endswith("#message-1")
    thread = client.get(answer.url).text
    assert "Is it glazed?" in thread
    assert "message__edited" in thread
    assert "Is it glzed?" not in thread


def test_a_form_withdraws_and_a_line_remains(
    shopper: User, seller: User, address: str, client_of: Any
) -> None:
    client = client_of(shopper)
    assert client.post(address, {"act": "withdraw"}).status_code == 302
    for user in (shopper, seller):
        thread = client_of(user).get("/conversations/").text
        assert "This message was withdrawn." in thread
    assert 'value="withdraw"' not in client.get(address).text


def test_a_script_gets_the_message_as_its_event_has_it(
    shopper: User, said: Message, address: str, client_of: Any
) -> None:
    client = client_of(shopper)
    answer = client.post(address, {"act": "edit", "body": "New"}, headers=JSON).json()
    assert (answer["type"], answer["body"], answer["edited"]) == ("message.changed", "New", True)
    page = client.get(f"/conversation/{said.conversation_id}/messages/?since=1").json()
    (item,) = page["messages"]
    assert answer == {"type": "message.changed", **item}
    assert client.get(address, headers=JSON).json() == answer
    answer = client.post(address, {"act": "withdraw"}, headers=JSON).json()
    assert (answer["body"], answer["withdrawn"], answer["edited"]) == ("", True, False)


def test_new_words_that_come_too_late_are_still_there_to_be_copied(
    shopper: User, said: Message, address: str, client_of: Any
) -> None:
    Message.objects.update(created_at=timezone.now() - timedelta(minutes=16))
    client = client_of(shopper)
    page = client.post(address, {"act": "edit", "body": "Is it glazed?"})
    assert page.status_code == 403
    assert "Is it glazed?" in page.text
    assert 'value="edit"' not in page.text
    page = client.post(address, {"act": "react", "reaction": "no"})
    assert "New text" not in page.text


def test_refusals_are_in_words_and_keep_what_was_typed(
    shopper: User, said: Message, address: str, client_of: Any
) -> None:
    client = client_of(shopper)
    page = client.post(address, {"act": "edit", "body": "x" * 4001})
    assert page.status_code == 413
    assert "A message can have at most 4000 characters" in page.text
    assert "x" * 4001 in page.text
    answer = client.post(address, {"act": "edit", "body": ""}, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    Message.objects.update(created_at=timezone.now() - timedelta(hours=1))
    page = client.post(address, {"act": "edit", "body": "Late"})
    assert page.status_code == 403
    assert "You can edit a message for 15 minutes" in page.text
    for act in ("", "remove"):
        assert client.post(address, {"act": act}, headers=JSON).status_code == 400


def test_a_script_reports_the_other_sides_message_as_the_form_does(
    shopper: User, seller: User, said: Message, address: str, client_of: Any
) -> None:
    form = {"act": "report", "reason": "abuse", "words": "He shouts."}
    assert client_of(shopper).post(address, form, headers=JSON).status_code == 404  # their own
    client = client_of(seller)
    answer = client.post(address, {**form, "reason": "tall"}, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not Report.objects.exists()
    answer = client.post(address, form, headers=JSON)
    assert (answer.status_code, answer.json()["body"]) == (200, "Is it glzed?")
    report = Report.objects.get()
    assert (report.reporter, report.message, report.words) == (seller, said, "He shouts.")


def test_the_writers_own_side_reads_earlier_texts_and_the_other_does_not(
    shopper: User, seller: User, colleague: User, said: Message, address: str, client_of: Any
) -> None:
    say(seller, said.conversation, "Yess")
    edit(shopper, said.conversation_id, 1, "Is it glazed?")
    edit(seller, said.conversation_id, 2, "Yes")
    assert "Is it glzed?" in client_of(shopper).get(address).text
    assert "Is it glzed?" not in client_of(seller).get(address).text
    answered = address.replace("messages/1/", "messages/2/")
    assert "Yess" in client_of(colleague).get(answered).text
    assert "Yess" not in client_of(shopper).get(answered).text
    withdraw(shopper, said.conversation_id, 1)
    assert "Is it gl" not in client_of(shopper).get(address).text


def test_staff_read_earlier_and_withdrawn_words_in_the_thread(
    shopper: User, moderator: User, said: Message, client_of: Any
) -> None:
    edit(shopper, said.conversation_id, 1, "Is it glazed?")
    withdraw(shopper, said.conversation_id, 1)
    client = client_of(moderator)
    path = f"/admin/messaging/conversation/{said.conversation_id}/thread/"
    client.post(path, {"reason": "Odd"})
    page = client.get(path).text
    assert "Is it glzed?" in page
    assert "Is it glazed?" in page
    assert "Withdrawn on" in page


def test_no_message_has_no_page(
    shopper: User, stranger: User, address: str, client_of: Any
) -> None:
    assert client_of(shopper).get(address.replace("messages/1/", "messages/2/")).status_code == 404
    assert client_of(stranger).get(address).status_code == 404
    assert client_of(None).get(address).status_code == 302
