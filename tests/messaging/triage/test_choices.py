"""Forms without scripts: an action's choices, what the page says afterwards, and undo."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from accounts.models import User
from catalog.models import Shop
from messaging.models import Conversation, ConversationLabel, Participant
from messaging.triage import actions, labels, outcomes

pytestmark = pytest.mark.django_db

Many = Callable[[int], list[Conversation]]
ACTS, CHOICES = "/conversations/acts/", "/conversations/acts/choices/"
TOKEN = re.compile(r'name="token" value="([^"]+)"')


def ask(client: Client, kind: str, rows: list[Conversation], status: int = 200) -> str:
    answer = client.post(CHOICES, {"act": kind, "conversation": [row.pk for row in rows]})
    assert answer.status_code == status
    return answer.text


def test_labels_that_only_some_have_can_be_added_and_removed(
    many: Many, seller: User, shop: Shop, client_of: Any
) -> None:
    rows, client = many(2), client_of(seller)
    everywhere, somewhere, nowhere = (
        labels.create(seller, shop.pk, name, "red") for name in ("Every", "Some", "None")
    )
    actions.label(seller, [row.pk for row in rows], everywhere.pk)
    actions.label(seller, [rows[0].pk], somewhere.pk)
    added, removed = ask(client, "label", rows).split('value="unlabel"')
    for label, can_add, can_remove in (
        (everywhere, False, True), (somewhere, True, True), (nowhere, True, False),
    ):  # fmt: skip
        button = f'name="label" value="{label.pk}"'
        assert (button in added, button in removed) == (can_add, can_remove)


def test_no_time_is_asked_for_while_no_conversation_is_chosen(
    talk: Conversation, seller: User, client_of: Any
) -> None:
    refused = ask(client_of(seller), "snooze", [], status=400)
    assert "Choose a conversation first." in refused
    assert 'name="until_local"' not in refused
    assert 'href="/conversations/"' in refused
    assert 'name="until_local"' in ask(client_of(seller), "snooze", [talk])


def test_conversations_are_offered_to_active_members(
    talk: Conversation, seller: User, colleague: User, former_colleague: User, client_of: Any
) -> None:
    page = ask(client_of(seller), "assign", [talk])
    for person, is_offered in ((seller, True), (colleague, True), (former_colleague, False)):
        assert (f'name="user" value="{person.pk}"' in page) == is_offered
    colleague.is_active = False
    colleague.save()
    assert f'value="{colleague.pk}"' not in ask(client_of(seller), "assign", [talk])


def test_nobody_is_offered_what_is_not_theirs(
    talk: Conversation, shopper: User, stranger: User, seller: User, client_of: Any
) -> None:
    for kind in ("label", "assign"):
        ask(client_of(shopper), kind, [talk], 404)
        ask(client_of(stranger), kind, [talk], 404)
    assert "Tomorrow morning" in ask(client_of(shopper), "snooze", [talk])
    ask(client_of(stranger), "snooze", [talk], 404)
    ask(client_of(seller), "settle", [talk], 404)
    ask(client_of(seller), "label", [], 400)


def test_a_form_says_what_it_did_and_undoes_it(
    talk: Conversation, many: Many, seller: User, client_of: Any
) -> None:
    client, rows = client_of(seller), many(2)
    form = {"act": "star", "conversation": [talk.pk, *(row.pk for row in rows), 10**9]}
    page = client.post(ACTS, {**form, "next": "/conversations/"}, follow=True)
    assert "Starred (3). 1 conversation could not be changed." in page.text
    token = TOKEN.search(page.text)
    assert token
    undo = {"act": "undo", "token": token[1], "next": "/conversations/"}
    again = client.post(ACTS, undo, follow=True)
    assert "Undone" in again.text
    assert not TOKEN.search(again.text)
    assert not Participant.objects.filter(starred_at__isnull=False).exists()


def test_a_form_is_for_all_pages_of_a_list(
    many: Many, talk: Conversation, seller: User, shop: Shop, client_of: Any
) -> None:
    client, rows = client_of(seller), many(2)
    label = labels.create(seller, shop.pk, escape("<b>"), "red")
    actions.star(seller, [row.pk for row in rows])
    page = client.post(CHOICES, {"act": "label", "filter": "starred=1"}).text
    assert 'name="filter" value="starred=1"' in page
    client.post(ACTS, {"act": "label", "label": label.pk, "filter": "starred=1"})
    on = ConversationLabel.objects.values_list("conversation_id", flat=True)
    assert set(on) == {row.pk for row in rows}


def test_scripts_and_forms_say_the_same() -> None:
    script = Path("static/js/triage/acts.js").read_text()
    words = dict(re.findall(r'^  (\w+): gettext\("([^"]+)"\),$', script, re.MULTILINE))
    assert words == {name: str(text) for name, text in outcomes.SAID.items()}
