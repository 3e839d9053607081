"""A conversation's page shows what people write as text, wherever it is on the page."""

import uuid
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Product, Shop
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation, Label, Side, StaffMessage
from messaging.notes import actions as notes
from messaging.scheduled import actions as scheduled
from messaging.scheduled.actions import Plan
from messaging.triage import actions as triage

pytestmark = pytest.mark.django_db

HOSTILE = """"'><evil>{{ 7 }}%(x)s"""  # closes attributes and elements


def hostile(place: str) -> str:
    return f"{HOSTILE} {place}"


@pytest.fixture
def hostile_conversation(
    shopper: User, seller: User, moderator: User, shop: Shop, product: Product,
    conversation: Conversation,
) -> Conversation:  # fmt: skip
    """A conversation with hostile words wherever people write some."""
    User.objects.filter(pk=shopper.pk).update(name=hostile("shopper"))
    User.objects.filter(pk=seller.pk).update(name=hostile("seller"))
    Shop.objects.filter(pk=shop.pk).update(name=hostile("shop"))
    Product.objects.filter(pk=product.pk).update(title=hostile("title"))
    conversation.product_title = hostile("old title")
    MessageFactory(conversation=conversation, body=hostile("message"))
    other = ConversationFactory(consumer=shopper, product=ProductFactory(shop=shop))
    MessageFactory(conversation=other)
    Conversation.objects.filter(pk=other.pk).update(product_title=hostile("other title"))
    notes.add(seller, conversation.pk, uuid.uuid4(), hostile("note"))
    label = Label.objects.create(shop=shop, name=hostile("label"), folded_name="label")
    triage.label(seller, [conversation.pk], label.pk)
    triage.assign(seller, [conversation.pk], seller.pk)
    later = timezone.now() + timedelta(days=1)
    plan = Plan(body=hostile("scheduled"), send_at=later, only_if_quiet=True)
    scheduled.schedule(seller, conversation.pk, uuid.uuid4(), plan)
    StaffMessage.objects.create(
        conversation=conversation, author=moderator, client_id=uuid.uuid4(), body=hostile("staff")
    )
    Conversation.objects.filter(pk=conversation.pk).update(has_staff_messages=True)
    return conversation


FOR_BOTH = ["title", "old title", "message", "staff", "draft"]
OF = {
    Side.SELLER: ["shopper", "seller", "shop", "other title", "note", "label", "scheduled"],
    Side.CONSUMER: ["shop"],
}


@pytest.mark.parametrize("side", OF)
@pytest.mark.parametrize("language", ["en", "es"])
def test_hostile_words_are_only_text_on_the_page(
    side: Side, language: str, shopper: User, seller: User, hostile_conversation: Conversation,
    client_of: Any, settings: Any,
) -> None:  # fmt: skip
    client = client_of(seller if side is Side.SELLER else shopper)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    address = f"{hostile_conversation.get_absolute_url()}new_message/"
    page = client.post(address, {"client_id": "none", "body": hostile("draft"), "quote": 1}).text
    assert "<evil" not in page
    shown = unescape(page)
    assert [place for place in [*FOR_BOTH, *OF[side]] if hostile(place) not in shown] == []
