"""The scope of a search: what is searched, and whose conversations."""

import uuid
from collections.abc import Callable

import pytest

from accounts.models import User
from catalog import queries as catalog
from catalog.factories import ProductFactory
from catalog.models import Shop
from messaging import actions
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation, Message
from messaging.reading.actions import mark_read
from tests.rulings import remove_message

from .hits import hits

pytestmark = pytest.mark.django_db


def test_title_and_the_other_sides_name_are_found_without_accents_too(
    shopper: User, seller: User, shop: Shop
) -> None:
    shop.name = "Cerámica Núñez"
    shop.save()
    about = ConversationFactory(
        consumer=shopper, product=ProductFactory(shop=shop, title="Jarrón pequeño")
    )
    MessageFactory(conversation=about, body="Hello")
    for text in ("JARRÓN", "jarron", "PEQUEÑO"):
        assert hits(shopper, text) == hits(seller, text) == [about.pk], text
    for text in ("ceramica", "nunez jarrón hello cer"):
        assert hits(shopper, text) == [about.pk], text
        assert hits(seller, text) == [], text  # all of the shop's conversations have this name
    for text in ("lucia", "jarrón hello romer"):
        assert hits(seller, text) == [about.pk], text
        assert hits(shopper, text) == [], text
    assert hits(shopper, "arron") == hits(seller, "arron") == []


def test_a_seller_finds_the_shops_that_they_have_asked_themselves(
    seller: User, shop: Shop, stranger: User
) -> None:
    asked = ConversationFactory(consumer=seller, product=ProductFactory(shop__name="Olmo"))
    answered = ConversationFactory(consumer=stranger, product=ProductFactory(shop=shop))
    for one in (asked, answered):
        MessageFactory(conversation=one, body="Hello")
    assert hits(seller, "olmo") == [asked.pk]
    assert hits(seller, seller.name) == []
    assert hits(seller, stranger.name) == [answered.pk]


def test_title_and_shop_are_found_by_letters_that_have_no_accent(shopper: User, shop: Shop) -> None:
    shop.name = "Łódź & İzmir"
    shop.save()
    product = ProductFactory(shop=shop, title="Straßenschild")
    about = ConversationFactory(consumer=shopper, product=product)
    MessageFactory(conversation=about, body="Hello")
    for text in ("strassens", "STRAẞEN", "lodz", "ŁÓDŹ", "izmir", "IZMIR"):
        assert hits(shopper, text) == [about.pk], text
        assert [row.pk for row in catalog.search(catalog.published(), text)] == [product.pk], text
    for text in ("strase", "kodz"):
        assert not hits(shopper, text)
        assert not catalog.search(catalog.published(), text)


def test_words_may_stand_in_different_messages(
    seller: User, said: Callable[[str], Message]
) -> None:
    said("Is the glaze blue?")
    said("And does it survive an oven?")
    assert hits(seller, "oven glaze")


def test_a_removed_message_is_not_found_and_the_others_are(
    seller: User, moderator: User, said: Callable[[str], Message]
) -> None:
    removed = said("Pay me on the telephone")
    said("A teapot, please")
    assert hits(seller, "telephone")
    remove_message(moderator, removed.pk, "asks to pay elsewhere")
    assert not hits(seller, "telephone")
    assert hits(seller, "teapot")


def test_only_ones_own_conversations_are_found(
    shopper: User,
    seller: User,
    colleague: User,
    former_colleague: User,
    other_seller: User,
    stranger: User,
    suspended: User,
    moderator: User,
    said: Callable[[str], Message],
) -> None:
    said("We ship to Málaga.")
    for insider in (shopper, seller, colleague):
        assert hits(insider, "malaga")
    for outsider in (former_colleague, other_seller, stranger, suspended, moderator):
        assert not hits(outsider, "malaga")
    shopper.is_active = False
    shopper.save()
    assert not hits(shopper, "malaga")


def test_a_message_sent_is_found_at_once(
    shopper: User, seller: User, conversation: Conversation
) -> None:
    actions.send(shopper, conversation.pk, uuid.uuid4(), "Does it come in Málaga green?")
    assert hits(seller, "malaga", unread_only=True) == [conversation.pk]
    mark_read(seller, conversation.pk, 1)
    assert hits(seller, "malaga", unread_only=True) == []
    assert hits(seller, "malaga") == [conversation.pk]
