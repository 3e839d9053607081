"""A shop page's URL, and its former URLs, which lead to it."""

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from accounts.factories import UserFactory
from accounts.models import User
from catalog import shops, teams
from catalog.models import FormerSlug, Shop
from messaging.models import Conversation
from tests.threads import in_threads

pytestmark = pytest.mark.django_db


def move(shop: Shop, seller: User, *slugs: str) -> None:
    for slug in slugs:
        shops.change_shop(seller, shop.pk, {"slug": slug}, {})


def test_former_addresses_lead_to_the_shop_for_good(shop: Shop, seller: User) -> None:
    move(shop, seller, "salt", "clay")
    for former in ("barro-y-sal", "salt"):
        answer = Client().get(f"/shops/{former}/?page=2")
        assert (answer.status_code, answer.headers["Location"]) == (301, "/shops/clay/?page=2")
        assert answer.headers["Cache-Control"] == "no-cache"
    assert Client().get("/shops/clay/").status_code == 200
    assert Client().get("/shops/never/").status_code == 404
    move(shop, seller, "salt")  # back again
    assert Client().get("/shops/salt/").status_code == 200
    assert Client().get("/shops/clay/").headers["Location"] == "/shops/salt/"


def test_the_addresses_of_a_closed_shop_lead_nowhere(shop: Shop, seller: User) -> None:
    move(shop, seller, "clay")
    Shop.objects.update(closed_at=shop.created_at)
    for slug in ("barro-y-sal", "clay"):
        assert Client().get(f"/shops/{slug}/").status_code == 404


def test_a_question_from_a_page_with_the_former_address_arrives(
    shop: Shop, seller: User, shopper: User, client_of: Any
) -> None:
    move(shop, seller, "clay")
    client = client_of(shopper)
    assert client.post("/shops/barro-y-sal/contact/", {"body": "Hello?"}).status_code == 302
    assert client.post("/shops/never/contact/", {"body": "Hello?"}).status_code == 404
    assert Conversation.objects.get().shop == shop


def test_nobody_takes_an_address_that_another_shop_had(
    shop: Shop, seller: User, other_seller: User
) -> None:
    move(shop, seller, "clay")
    theirs = Shop.objects.get(slug="north-loom")
    with pytest.raises(ValidationError):
        move(theirs, other_seller, "barro-y-sal")
    made = teams.open_shop(other_seller, "Barro, y, Sol")
    renamed = Shop.objects.filter(pk=shop.pk).update(name="Clay", name_skeleton="clay")
    namesake = teams.open_shop(other_seller, "Barro y Sal")
    assert (renamed, made.slug) == (1, "barro-y-sol")
    assert re.fullmatch(r"barro-y-sal-[0-9a-f]{8}", namesake.slug)
    assert Client().get("/shops/barro-y-sal/").headers["Location"] == "/shops/clay/"


def test_a_new_shop_gets_no_reserved_address(seller: User) -> None:
    assert re.fullmatch(r"open-[0-9a-f]{8}", teams.open_shop(seller, "Open").slug)


def test_a_shop_keeps_only_so_many_addresses(shop: Shop, seller: User, settings: Any) -> None:
    settings.FORMER_SLUGS_PER_SHOP = 2
    move(shop, seller, "one", "two")
    with pytest.raises(ValidationError):
        move(shop, seller, "three")
    move(shop, seller, "one")  # which it had
    shop.refresh_from_db()
    assert shop.slug == "one"
    assert FormerSlug.objects.count() == 2


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_an_address_that_is_just_given_up_is_not_taken(shop: Shop, other_seller: User) -> None:
    theirs = Shop.objects.get(slug="north-loom")
    seller = shop.members.get()
    turns = iter([(seller, shop, "clay"), (other_seller, theirs, "barro-y-sal")])

    def take() -> bool:
        actor, own, slug = next(turns)
        try:
            move(own, actor, slug)
        except ValidationError:
            return False
        return True

    for _ in range(5):
        Shop.objects.filter(pk=shop.pk).update(slug="barro-y-sal")
        Shop.objects.filter(pk=theirs.pk).update(slug="north-loom")
        FormerSlug.objects.all().delete()
        turns = iter([(seller, shop, "clay"), (other_seller, theirs, "barro-y-sal")])
        in_threads(2, take)
        shop.refresh_from_db()
        theirs.refresh_from_db()
        assert (shop.slug, theirs.slug) == ("clay", "north-loom")


def test_staff_who_change_an_address_leave_the_former_one_behind(
    shop: Shop, other_seller: User, client_of: Any
) -> None:
    FormerSlug.objects.create(shop=Shop.objects.get(slug="north-loom"), slug="old-loom")
    client = client_of(UserFactory(is_staff=True, is_superuser=True))
    form = {"name": shop.name, "slug": "clay", "city": "", "time_zone": "UTC", "description": ""}
    for inline in ("memberships", "invitations", "former_slugs"):
        form |= {f"{inline}-TOTAL_FORMS": "0", f"{inline}-INITIAL_FORMS": "0"}
    address = f"/admin/catalog/shop/{shop.pk}/change/"
    answer = client.post(address, form | {"slug": "old-loom"})
    assert "This address belongs to another shop." in answer.text
    assert client.post(address, form).status_code == 302
    assert Client().get("/shops/barro-y-sal/").headers["Location"] == "/shops/clay/"
