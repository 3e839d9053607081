"""Search results: the sentence with the words highlighted, and a link to it."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertNumQueries

from accounts.models import User
from messaging.factories import MessageFactory, ParticipantFactory
from messaging.models import Conversation, Message, Side
from messaging.search import excerpts

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client, shopper: User, conversation: Conversation) -> Client:
    ParticipantFactory(conversation=conversation, user=shopper, side=Side.CONSUMER)
    client.force_login(shopper)
    return client


def preview(page: Client, words: str) -> str:
    """Return the HTML of the only row's preview."""
    html = page.get("/conversations/", {"q": words}).content.decode()
    (text,) = re.findall(r'<p class="inbox__preview.*?>(.*?)</p>', html, re.DOTALL)
    return " ".join(text.split())


def test_the_sentence_that_matched_is_shown_with_its_words_marked(
    page: Client, conversation: Conversation, seller: User
) -> None:
    body = "Hello! The JARRÓN is fired twice. It takes a week."
    MessageFactory(conversation=conversation, sender=seller, body=body)
    MessageFactory(conversation=conversation, sender=seller, body="See you soon.")
    shown = preview(page, "jarron fir")
    assert "The <mark>JARRÓN</mark> is <mark>fir</mark>ed twice." in shown
    assert "Hello" not in shown
    assert "See you soon" not in shown


def test_words_in_a_name_or_a_title_are_marked_there(
    page: Client, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation, body="Hello!")
    Conversation.objects.filter(pk=conversation.pk).update(product_title="A <b> jarrón azul")
    shop = conversation.shop_name.split()[0]
    html = page.get("/conversations/", {"q": f"jarron {shop.lower()}"}).content.decode()
    assert "A &lt;b&gt; <mark>jarrón</mark> azul" in html
    assert f"<mark>{shop}</mark>" in html


@pytest.mark.parametrize(
    ("body", "words", "marked"),
    [
        ("¿Tienes señales azules?", ["senales"], ["señales"]),
        ("Straße 5 und 55", ["strasse", "5"], ["Straße", "5", "5"]),
        ("a <b>bold</b> claim", ["bold"], ["bold"]),
        ("unbold", ["bold"], []),
    ],
)
def test_accents_and_case_are_marked_as_they_were_written(
    body: str, words: list[str], marked: list[str]
) -> None:
    parts = excerpts.sentence(body, words)
    assert [text for text, is_match in parts if is_match] == marked
    assert "".join(text for text, _ in parts) == body


def test_a_long_sentence_is_cut_around_its_first_match() -> None:
    parts = excerpts.sentence("before " * 50 + "glaze" + " after" * 50, ["glaze"])
    text = "".join(text for text, _ in parts)
    assert "glaze" in text
    assert text[0] == text[-1] == "…"
    assert len(text) <= excerpts.SHOWN


def test_what_people_wrote_is_escaped(
    page: Client, conversation: Conversation, seller: User
) -> None:
    MessageFactory(conversation=conversation, sender=seller, body="<img src=x> a glaze")
    assert "&lt;img src=x&gt; a <mark>glaze</mark>" in preview(page, "glaze")


def test_a_removed_message_is_not_shown(
    page: Client, conversation: Conversation, seller: User
) -> None:
    body = "glaze one"
    MessageFactory(conversation=conversation, sender=seller, body=body)
    MessageFactory(
        conversation=conversation, sender=seller, body="glaze two", removed_at=timezone.now()
    )
    assert "<mark>glaze</mark> one" in preview(page, "glaze")


def test_all_words_in_one_message_count_more_than_the_newest_word(
    page: Client, conversation: Conversation, seller: User
) -> None:
    for body in ("A blue bowl.", "Another bowl.", "Nothing."):
        MessageFactory(conversation=conversation, sender=seller, body=body)
    assert "A <mark>blue</mark> <mark>bowl</mark>." in preview(page, "blue bowl")


@pytest.mark.parametrize("later", [1, settings.HISTORY_PAGE_SIZE + 5])
def test_the_row_has_the_matchs_date_and_leads_to_its_message(
    later: int, page: Client, conversation: Conversation, seller: User
) -> None:
    at = timezone.now() - timedelta(days=400)
    MessageFactory(conversation=conversation, sender=seller, body="A glaze", created_at=at)
    for _ in range(later):
        MessageFactory(conversation=conversation, sender=seller, body="More")
    html = page.get("/conversations/", {"q": "glaze"}).content.decode()
    assert f'datetime="{at.isoformat()}"' in html
    (address,) = re.findall(r'class="inbox__link"\s+href="([^"]*)"', html)
    url, fragment = address.split("#")
    assert url.endswith("?around=1")
    assert f'id="{fragment}"' in page.get(url).content.decode()


def test_matches_take_one_query_and_for_a_team_a_second_one(
    conversation: Conversation, seller: User, shopper: User
) -> None:
    MessageFactory(conversation=conversation, sender=seller, body="A glaze")
    with assertNumQueries(1):
        (message,) = excerpts.matches([conversation], ["a", "glaze"], shopper.pk).values()
        assert isinstance(message, Message)
        assert message.sender_name == seller.name
    with assertNumQueries(2):
        excerpts.matches([conversation], ["a", "glaze"], seller.pk)
