"""Effects on a shop when a member deletes their account."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts import deletion
from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Product, Shop, ShopMember, TeamInvitation
from messaging.decisions.actions import restore
from tests.rulings import suspend
from tests.threads import in_threads

pytestmark = pytest.mark.django_db


def test_a_shop_with_other_people_must_be_handed_over_first(
    seller: User, colleague: User, product: Product
) -> None:
    with pytest.raises(deletion.Hindered) as caught:
        deletion.delete_account(seller.pk)
    assert [reason.url for reason in caught.value.hindrances] == ["/my/team/"]
    product.refresh_from_db()
    assert product.is_published
    assert Shop.objects.get().closed_at is None
    ShopMember.objects.filter(user=colleague).update(role="owner")
    ShopMember.objects.filter(user=seller).update(role="agent")
    assert deletion.delete_account(seller.pk)
    assert Shop.objects.get().closed_at is None


def test_a_shop_without_other_people_closes(seller: User, product: Product) -> None:
    for page in ("/shops/barro-y-sal/", "/products/speckled-bowl/"):
        assert Client().get(page).status_code == 200
    TeamInvitation.objects.create(shop=product.shop, email="new@example.com", invited_by=seller)
    deletion.delete_account(seller.pk)
    for page in ("/shops/barro-y-sal/", "/products/speckled-bowl/"):
        assert Client().get(page).status_code == 404
    assert "Barro y Sal" not in Client().get("/").text
    assert not TeamInvitation.objects.exists()
    assert not Product.objects.exclude(description="").exists()


def test_nobody_asks_a_closed_shop(seller: User, shop: Shop, shopper: User, client_of: Any) -> None:
    question = {"body": "Hello"}
    address = "/shops/barro-y-sal/contact/"
    assert client_of(shopper).post(address, question).status_code == 302
    deletion.delete_account(seller.pk)
    assert client_of(shopper).post(address, question).status_code == 404


def test_a_colleague_leaves_and_the_shop_goes_on(
    colleague: User, seller: User, product: Product, client_of: Any
) -> None:
    deletion.delete_account(colleague.pk)
    assert [member.user for member in ShopMember.objects.all()] == [seller]
    assert "Deleted" not in client_of(seller).get("/my/team/").text
    assert Client().get("/products/speckled-bowl/").status_code == 200


def test_invitations_to_the_address_disappear(shop: Shop, seller: User, shopper: User) -> None:
    TeamInvitation.objects.create(shop=shop, email=shopper.email, invited_by=seller)
    other = TeamInvitation.objects.create(shop=shop, email="x@example.com", invited_by=seller)
    deletion.delete_account(shopper.pk)
    assert list(TeamInvitation.objects.all()) == [other]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_leave_at_once_one_stays(seller: User, colleague: User) -> None:
    ShopMember.objects.update(role="owner")
    ShopMemberFactory(shop=Shop.objects.get())  # somebody who would be left without an owner
    leaving = [seller.pk, colleague.pk]

    def leave() -> bool:
        try:
            return deletion.delete_account(leaving.pop()) is not None
        except deletion.Hindered:
            return False

    assert sorted(in_threads(2, leave)) == [False, True]
    assert ShopMember.objects.filter(role="owner", user__is_active=True).count() == 1


def test_nobody_sells_in_a_closed_shop(
    seller: User, colleague: User, moderator: User, product: Product, client_of: Any
) -> None:
    suspend(moderator, colleague.pk, "Spam")
    deletion.delete_account(seller.pk)  # nobody else works there now
    restore(moderator, colleague.pk, "A mistake")
    client = client_of(colleague)
    publish = f"/my/products/{product.slug}/publish/"
    assert client.post(publish, {"published": "1"}).status_code == 404
    assert client.get("/my/products/new/")["Location"] == "/my/shop/open/"
    product.refresh_from_db()
    assert not product.is_published
