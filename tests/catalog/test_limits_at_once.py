"""Two simultaneous actions don't exceed a limit together. PostgreSQL only."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts.models import User
from catalog import actions, invitations, teams
from catalog.factories import CategoryFactory
from catalog.models import Product, Shop, ShopMember, TeamInvitation
from tests.locks import wait_until_somebody_waits_for_a_lock
from tests.patience import PATIENCE

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


def open_shop(person: User, shop: Shop, name: str) -> object:
    return teams.open_shop(person, name)


def add_product(person: User, shop: Shop, name: str) -> object:
    values = {"shop": shop, "title": name, "category": CategoryFactory()}
    more = {"description": "", "price": 1, "currency": "EUR", "stock": 1}
    return actions.create_product(person, values | more)


def invite(person: User, shop: Shop, name: str) -> object:
    return invitations.invite(person, shop.pk, f"{name}@example.com")


@pytest.mark.parametrize(
    ("setting", "limit", "act", "rows"),
    [
        ("SHOPS_PER_PERSON", 2, open_shop, ShopMember),
        ("PRODUCTS_PER_SHOP", 1, add_product, Product),
        ("SHOP_INVITATIONS_MAX", 1, invite, TeamInvitation),
        ("SHOP_MEMBERS_MAX", 2, invite, TeamInvitation),
    ],
)
def test_the_second_of_two_waits_for_the_first_and_is_refused(
    setting: str,
    limit: int,
    act: Callable[[User, Shop, str], object],
    rows: Any,
    seller: User,
    shop: Shop,
    settings: Any,
) -> None:
    setattr(settings, setting, limit)

    def second() -> object:
        try:
            return act(seller, shop, "second")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            act(seller, shop, "first")
            waiting = pool.submit(second)
            wait_until_somebody_waits_for_a_lock()
        with pytest.raises(ValidationError):
            waiting.result(PATIENCE)
    assert rows.objects.count() == (1 if setting == "SHOP_MEMBERS_MAX" else limit)
