"""Forms that are sent twice create something once."""

import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from catalog import actions, teams
from catalog.factories import TeamInvitationFactory
from catalog.forms import OpenShopForm
from catalog.models import Product, Shop, SubmittedForm
from catalog.submissions import Keys
from tests.accounts.acts import prove
from tests.products import picture
from tests.threads import in_threads

from .product_forms import fields_of, new_form

pytestmark = pytest.mark.django_db


def test_a_second_click_makes_no_second_product(
    product: Product, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    form = new_form(client, product)
    first, second = (client.post("/my/products/new/", form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Product.objects.filter(title="Vase").count() == 1
    client.post("/my/products/new/", form | {"title": "Vase, blue"})  # Back, and different content
    client.post("/my/products/new/", new_form(client, product))  # another form, same content
    assert Product.objects.filter(title__startswith="Vase").count() == 3


def test_a_second_click_adds_no_picture_twice(
    product: Product, address: str, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    form = fields_of(client.get(address).text)
    for _ in range(2):
        client.post(address, form | {"pictures": SimpleUploadedFile("a.jpg", picture())})
    assert product.images.count() == 1
    other = {"pictures": SimpleUploadedFile("b.jpg", picture(size=(50, 50)))}
    client.post(address, form | other)
    assert product.images.count() == 2


def test_a_second_click_opens_no_second_shop(shopper: User, client_of: Any) -> None:
    client = client_of(shopper)
    key = re.search(r'name="form_key" value="([^"]+)"', client.get("/my/shop/open/").text)
    assert key
    form = {"form_key": key[1], "name": "Taller Sol"}
    for _ in range(2):
        answer = client.post("/my/shop/open/", form)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/my/products/")
    assert Shop.objects.filter(name="Taller Sol").count() == 1
    taken = {"form_key": str(uuid.uuid4()), "name": "Taller Sol"}
    assert client.post("/my/shop/open/", taken).status_code == 400


def test_a_second_click_that_finds_its_own_name_taken_leads_to_the_shop(
    shopper: User, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = {"form_key": str(uuid.uuid4()), "name": "Taller Sol"}
    answers: list[Any] = []
    is_valid = OpenShopForm.is_valid

    def late_look(second: OpenShopForm) -> bool:
        if not answers:  # the first click finishes during the second one
            answers.append(None)
            answers[0] = client_of(shopper).post("/my/shop/open/", form)
        return is_valid(second)

    monkeypatch.setattr(OpenShopForm, "is_valid", late_look)
    answers.append(client_of(shopper).post("/my/shop/open/", form))
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, "/my/products/"),
        (302, "/my/products/"),
    ]
    assert Shop.objects.filter(name="Taller Sol").count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_once_make_one_product_and_one_shop(
    product: Product, seller: User, shop: Shop
) -> None:
    values = {name: getattr(product, name) for name in Product.FORM_COLUMNS}
    key, other = uuid.uuid4(), uuid.uuid4()
    keys = Keys(content=key, form=uuid.uuid4())
    made = in_threads(10, lambda: actions.create_product(seller, values, keys=keys).pk)
    opened = in_threads(10, lambda: teams.open_shop(seller, "Taller Sol", other).pk)
    assert len({*made}) == len({*opened}) == 1
    assert Product.objects.count() == 2
    assert Shop.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_ten_who_choose_one_title_at_once_get_ten_addresses(product: Product, seller: User) -> None:
    values = {name: getattr(product, name) for name in Product.FORM_COLUMNS} | {"title": "Jug"}

    def create() -> str:
        keys = Keys(content=uuid.uuid4(), form=uuid.uuid4())
        return actions.create_product(seller, values, keys=keys).slug

    slugs = in_threads(10, create)
    assert len({*slugs}) == 10


@pytest.mark.parametrize("name", ["Barro y Sal", "barro y sal"])
def test_a_name_that_is_taken_after_the_look_is_refused_in_words(
    name: str, shop: Shop, shopper: User, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OpenShopForm.base_fields["name"], "clean", lambda value: value)
    answer = client_of(shopper).post("/my/shop/open/", {"name": name})
    shopper.refresh_from_db()
    if answer.status_code == 400:
        assert "Another shop has this name" in answer.text
        assert not shopper.is_seller
    assert Shop.objects.filter(name=shop.name).count() == 1


def test_a_form_that_has_created_nothing_leaves_no_key(
    seller: User, shop: Shop, stranger: User, client_of: Any
) -> None:
    invitation = TeamInvitationFactory(shop=shop, email=stranger.email)
    client, answer = client_of(stranger), {"accept": invitation.pk, "form_key": str(uuid.uuid4())}
    again = {"shop": shop.pk, "again": 0, "form_key": str(uuid.uuid4())}
    assert "no longer open" in client.post("/my/team/", answer, follow=True).text
    assert "no longer open" in client_of(seller).post("/my/team/", again, follow=True).text
    assert not SubmittedForm.objects.exists()
    prove(stranger)  # meanwhile, the address is confirmed; then Back, and the same button
    assert "now on the team" in client.post("/my/team/", answer, follow=True).text
    assert SubmittedForm.objects.get().made == shop.pk
