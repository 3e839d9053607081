"""Search in internal notes: only for the shop's team; for others, notes don't seem to exist."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop
from messaging.deletion import PART
from messaging.factories import MessageFactory
from messaging.models import Conversation, Note
from messaging.notes import actions
from messaging.search import postgresql

from .hits import hits

pytestmark = pytest.mark.django_db


@pytest.fixture
def note(conversation: Conversation, seller: User) -> Note:
    """A note in a conversation with one message."""
    MessageFactory(conversation=conversation, body="Is the teapot still there?")
    text = "He paid late twice. Ask for the SEÑAL first!"
    return actions.add(seller, conversation.pk, uuid.uuid4(), text)


@pytest.fixture(params=["rare", "common"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Search with the index, and by reading the newest conversations."""
    if request.param == "common":
        monkeypatch.setattr(postgresql, "RARE", -1)


def test_the_team_finds_words_of_notes_beside_those_of_messages(
    way: None, note: Note, seller: User, colleague: User, conversation: Conversation
) -> None:
    for member in (seller, colleague):
        for words in ("señal", "SENAL", "sena", "late teapot", "teapot twice paid", "lucia señal"):
            assert hits(member, words) == [conversation.pk], words
    assert hits(seller, "señal", unread_only=True) == []
    assert hits(seller, "eñal") == hits(seller, "señal kiln") == []


def test_nobody_else_finds_them(
    way: None, note: Note, shopper: User, former_colleague: User, other_seller: User,
    stranger: User, moderator: User,
) -> None:  # fmt: skip
    for person in (shopper, former_colleague, other_seller, stranger, moderator):
        assert hits(person, "señal") == hits(person, "teapot señal") == [], person.name
    assert hits(shopper, "teapot")


def test_a_shopper_who_has_joined_the_team_finds_none_about_themselves(
    way: None, note: Note, shopper: User, shop: Shop, conversation: Conversation
) -> None:
    User.objects.filter(pk=shopper.pk).update(role=User.Role.SELLER)
    ShopMemberFactory(shop=shop, user=shopper)
    joined = User.objects.get(pk=shopper.pk)
    assert hits(joined, "señal") == []
    assert hits(joined, "teapot") == [conversation.pk]


def test_a_shopper_gets_the_same_as_for_words_that_occur_nowhere(
    note: Note, shopper: User, client_of: Any
) -> None:
    client = client_of(shopper)

    def page(words: str) -> tuple[str, list[str]]:
        with CaptureQueriesContext(connection) as asked:
            text = client.get("/conversations/", {"q": words}).text
        text = re.sub(r'nonce="[^"]+"|value="[\w-]{30,}"', "", text)
        return text.replace(words, "…"), [query["sql"] for query in asked]

    page("xenal")
    (shown, asked), (shown_of_nonsense, asked_of_nonsense) = page("senal"), page("xenal")
    assert shown == shown_of_nonsense
    assert len(asked) == len(asked_of_nonsense)
    assert not [sql for sql in asked if "messaging_note" in sql]


def test_the_row_shows_the_note_and_leads_to_it(
    note: Note, seller: User, shopper: User, conversation: Conversation, client_of: Any
) -> None:
    client = client_of(seller)
    page = client.get("/conversations/", {"q": "senal"}).text
    (preview,) = re.findall(r'<p class="inbox__preview.*?>(.*?)</p>', page, re.DOTALL)
    preview = " ".join(preview.split())
    assert 'class="inbox__note"' in preview
    assert "Note</span>" in preview
    assert f"{seller.name}:" in preview
    assert "Ask for the <mark>SEÑAL</mark> first!" in preview
    assert "late" not in preview
    assert f'href="/conversation/{conversation.pk}/?around=1#note-1"' in page
    # A message with all words comes before a note with one of them.
    page = client.get("/conversations/", {"q": "the teapot"}).text
    assert "<mark>teapot</mark> still" in page
    assert "inbox__note" not in page
    assert "inbox__note" in client.get("/conversations/", {"q": "paid twice there"}).text


@pytest.mark.parametrize("after", [0, 1, 45, 90])
def test_the_conversation_opens_at_the_note_however_old_it_is(
    after: int, seller: User, conversation: Conversation, client_of: Any
) -> None:
    begin = timezone.now() - timedelta(days=1)
    for number in range(1, 2 * settings.HISTORY_PAGE_SIZE + 11):
        MessageFactory(conversation=conversation, created_at=begin + timedelta(minutes=number))
    note = actions.add(seller, conversation.pk, uuid.uuid4(), "Ask for the señal")
    at = begin + timedelta(minutes=after, seconds=30)
    Note.objects.filter(pk=note.pk).update(created_at=at)
    client = client_of(seller)
    page = client.get("/conversations/", {"q": "señal"}).text
    (url,) = re.findall(r'class="inbox__link"\s+href="([^"]+)"', page)
    address, _, fragment = url.partition("#")
    assert f'id="{fragment}"' in client.get(address).text
    assert fragment == "note-1"


def test_words_of_deleted_and_emptied_notes_are_found_no_more(
    note: Note, seller: User, colleague: User, conversation: Conversation, shopper: User
) -> None:
    other = actions.add(colleague, conversation.pk, uuid.uuid4(), "Knows the lighthouse keeper")
    Note.objects.filter(pk=note.pk).update(body="")
    assert hits(seller, "señal") == []
    assert hits(seller, "lighthouse") == [conversation.pk]
    PART.erase(shopper)  # ends the conversation, and leaves the shop its notes
    assert hits(seller, "lighthouse") == [conversation.pk]
    PART.erase(colleague)  # who wrote in an ended conversation
    assert hits(seller, "lighthouse") == [conversation.pk]
    other.delete()
    assert hits(seller, "lighthouse") == []
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT body FROM messaging_note_words")
            assert cursor.fetchall() == [("",)]
            check = "INSERT INTO messaging_note_words(messaging_note_words) VALUES('{}')"
            cursor.execute(check.format("integrity-check"))  # raises if table and index disagree
