"""Notes over HTTP: in the thread, by form and by script."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from messaging.factories import MessageFactory
from messaging.models import Conversation, Message, Note
from messaging.notes import actions
from messaging.triage.actions import assign
from tests.said import say

pytestmark = pytest.mark.django_db

JSON = {"accept": "application/json"}


def note(author: User, conversation: Conversation, body: str) -> Note:
    return actions.add(author, conversation.pk, uuid.uuid4(), body)


def order_of(page: str) -> list[str]:
    """Return messages and notes of a page, in order, by their IDs."""
    return re.findall(r'id="((?:message|note)-\d+)"', page)


def test_notes_are_drawn_between_messages_by_time(
    shopper: User, seller: User, colleague: User, conversation: Conversation, client_of: Any
) -> None:
    note(seller, conversation, "Before all")
    say(shopper, conversation, "One")
    note(colleague, conversation, "He <b>means</b> the small one")
    say(shopper, conversation, "Two")
    page = client_of(seller).get(conversation.get_absolute_url()).text
    assert order_of(page) == ["note-1", "message-1", "note-2", "message-2"]
    assert "He &lt;b&gt;means&lt;/b&gt; the small one" in page
    assert page.count('class="note__label"') == 2 + 1  # and the template's
    assert page.count('class="messages__day"') == 1
    # A note between two messages ends the run.
    assert "data-grouped" not in page
    assert "data-continued" not in page


def test_each_page_of_history_has_its_own_notes(
    shopper: User, seller: User, conversation: Conversation, client_of: Any, settings: Any
) -> None:
    settings.HISTORY_PAGE_SIZE = 2
    for number in (1, 2, 3):
        say(shopper, conversation, f"Message {number}")
        note(seller, conversation, f"Note {number}")
    client, address = client_of(seller), conversation.get_absolute_url()
    newest = ["message-2", "note-2", "message-3", "note-3"]
    assert order_of(client.get(f"{address}?around=3").text) == newest
    older = ["message-1", "note-1"]
    assert order_of(client.get(f"{address}?before=2").text) == older
    middle = [*older, "message-2", "note-2"]
    assert order_of(client.get(f"{address}?around=1").text) == middle
    assert order_of(client.get(address).text) == middle  # it starts at the first unread message


def test_a_note_of_another_day_has_its_own_line(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    message = say(shopper, conversation)
    note(seller, conversation, "A day later")
    earlier = message.created_at - timedelta(days=1)
    Message.objects.update(created_at=earlier)
    page = client_of(seller).get(conversation.get_absolute_url()).text
    assert page.count('class="messages__day"') == 2


def test_what_the_team_did_costs_two_queries_however_much(
    seller: User, conversation: Conversation, client_of: Any
) -> None:
    client, costs = client_of(seller), []
    for count in (0, 1, 20):
        for number in range(count):
            MessageFactory(conversation=conversation)
            note(seller, conversation, f"Note {number}")
            assign(seller, [conversation.pk], seller.pk if number % 2 else None)
        with CaptureQueriesContext(connection) as queries:
            client.get(conversation.get_absolute_url())
        costs.append(len(queries))
    assert costs[0] + 2 == costs[1] == costs[2]


def test_the_form_leads_back_to_the_note(
    seller: User, conversation: Conversation, client_of: Any
) -> None:
    client, address = client_of(seller), conversation.get_absolute_url()
    form = client.get(address).text.partition(f'action="{address}notes/"')[2]
    [client_id] = re.findall(r'name="client_id" value="([^"]+)"', form)[:1]
    for _click in range(2):
        answer = client.post(f"{address}notes/", {"body": "Pack it well", "client_id": client_id})
        assert (answer.status_code, answer["Location"]) == (302, f"{address}#note-1")
    assert Note.objects.get().body == "Pack it well"


@pytest.mark.parametrize("body", ["", "x" * 4001])
def test_a_refused_form_keeps_the_words(
    body: str, seller: User, conversation: Conversation, client_of: Any
) -> None:
    form = {"body": body, "client_id": uuid.uuid4()}
    answer = client_of(seller).post(f"{conversation.get_absolute_url()}notes/", form)
    assert answer.status_code == (413 if body else 400)
    assert f"{body}</textarea>" in answer.text
    assert 'role="alert"' in answer.text
    assert not Note.objects.exists()


def test_a_script_gets_the_note_or_the_reason(
    seller: User, colleague: User, conversation: Conversation, client_of: Any
) -> None:
    client, address = client_of(seller), f"{conversation.get_absolute_url()}notes/"
    form = {"body": "Pack it well", "client_id": str(uuid.uuid4())}
    added = client.post(address, form, headers=JSON)
    assert added.status_code == 200
    expected = {
        "type": "note.created", "conversation": conversation.pk, "number": 1, "team_revision": 1,
        "client_id": form["client_id"], "author": {"id": seller.pk, "name": seller.name},
        "body": "Pack it well", "mentions": [],
    }  # fmt: skip
    body = added.json()
    assert body.pop("created_at")
    assert body == expected
    other = client.post(address, {**form, "body": "Don't"}, headers=JSON)
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert other.json()["client_id"] == form["client_id"]
    without = client.post(address, {"body": "Hello"}, headers=JSON)
    assert (without.status_code, without.json()["code"]) == (400, "invalid")
    state = client_of(colleague).get(f"{address}?since=0").json()
    assert (state["type"], state["team_revision"], state["more"]) == ("notes.state", 1, False)
    assert [one["body"] for one in state["notes"]] == ["Pack it well"]
    assert client_of(colleague).get(f"{address}?since=x").status_code == 400
