"""The number of queries per page doesn't depend on the amount of data, even with many shops."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import (
    ProductFactory,
    ShopFactory,
    ShopMemberFactory,
    TeamInvitationFactory,
)
from catalog.models import Product, Shop
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation
from notifications import actions
from tests.products import ProductImageFactory

pytestmark = pytest.mark.django_db

# The maximum for each page. The product's, the list's and the thread's are promised. A thread in
# one's own shop has more: for scheduled messages, notes, colleagues, labels and the shopper's other
# conversations. The list of notifications has one for each of three shops, and one for
# announcements.
FOR_ALL = {"product": 6, "home": 7, "products": 7, "shop": 9}
FOR_MEMBERS = {"conversations": 14, "thread": 14, "notifications": 10}
FOR_SELLERS = {"my products": 8, "my shop": 7, "team": 6}
MOST = FOR_ALL | FOR_MEMBERS | FOR_SELLERS
BADGED = ["/", "/conversations/", "/accounts/profile/", "/accounts/email/", "/admin/", "/nothing/"]


@pytest.fixture
def shops(seller: User, shop: Shop) -> list[Shop]:
    """Three shops of one seller, who is a colleague in one of them."""
    other = ShopFactory(owner=UserFactory(seller=True))
    ShopMemberFactory(shop=other, user=seller)
    return [shop, ShopFactory(owner=seller), other]


@pytest.fixture
def grow(shops: list[Shop], seller: User, conversation: Conversation) -> Callable[[], None]:
    """`grow()`: create more of everything that a page could show."""

    def more() -> None:
        for shop in shops:
            for _ in range(3):
                product = ProductFactory(shop=shop)
                ProductImageFactory.create_batch(2, product=product)
                talk = ConversationFactory(consumer=UserFactory(), product=product)
                MessageFactory(conversation=talk)
                actions.notify(
                    [seller.pk, conversation.consumer_id],
                    subject_kind="conversation",
                    subject_id=talk.pk,
                    title="News",
                    excerpt="Words",
                    url=talk.get_absolute_url(),
                )
            ShopMemberFactory(shop=shop, user=UserFactory(seller=True))
            TeamInvitationFactory(shop=shop)
        ProductImageFactory(product=conversation.product)
        for _ in range(5):
            MessageFactory(conversation=conversation)

    return more


def address_of(name: str, product: Product, conversation: Conversation) -> str:
    return {
        "home": "/",
        "products": "/products/",
        "shop": product.shop.get_absolute_url(),
        "product": product.get_absolute_url(),
        "conversations": "/conversations/",
        "thread": conversation.get_absolute_url(),
        "my products": "/my/products/",
        "my shop": f"/my/shop/{product.shop_id}/",
        "team": "/my/team/",
        "notifications": "/notifications/",
    }[name]


def queries_of(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == (404 if address == "/nothing/" else 200)
    return [query["sql"] for query in asked]


@pytest.mark.parametrize(
    ("person", "names"),
    [
        (None, [*FOR_ALL]),
        ("shopper", [*FOR_ALL, *FOR_MEMBERS]),
        ("seller", [*FOR_ALL, *FOR_MEMBERS, *FOR_SELLERS]),
    ],
)
def test_a_page_costs_the_same_however_much_there_is(
    person: str | None,
    names: list[str],
    grow: Callable[[], None],
    product: Product,
    conversation: Conversation,
    client_of: Any,
    request: pytest.FixtureRequest,
) -> None:
    client = client_of(request.getfixturevalue(person) if person else None)
    addresses = {name: address_of(name, product, conversation) for name in names}
    client.get(addresses["product"])  # a process's first page asks SQLite what it can do
    grow()
    before = {name: queries_of(client, address) for name, address in addresses.items()}
    grow()
    for name, address in addresses.items():
        after = queries_of(client, address)
        assert len(before[name]) == len(after), "\n".join([name, *after])
        assert len(after) <= MOST[name], "\n".join([name, *after])


@pytest.mark.parametrize("path", BADGED)
def test_the_badge_costs_one_query_on_each_page(
    path: str, grow: Callable[[], None], shopper: User, client_of: Any
) -> None:
    shopper.is_staff = True
    shopper.save()
    grow()
    asked = queries_of(client_of(shopper), path)
    badge = [
        sql
        for sql in asked
        if sql.lstrip("(").startswith("SELECT COUNT(") and "notifications_n" in sql
    ]
    assert len(badge) == 1, "\n".join(asked)


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/nothing/"])
def test_nobody_has_no_badge_to_pay_for(path: str, product: Product) -> None:
    assert not [sql for sql in queries_of(Client(), path) if "notifications_" in sql]
