"""Drafts, publishing in the same step as saving, and products that are no longer for sale."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from accounts.factories import UserFactory
from accounts.models import User
from catalog import actions
from catalog.factories import ProductFactory
from catalog.models import Product, Shop
from tests.products import picture

from .product_forms import fields_of, new_form

pytestmark = pytest.mark.django_db

NEW = "/my/products/new/"
LABELS = {"Draft": "unpublished", "Not for sale": "withdrawn", "Published": ""}


def test_saving_and_publishing_is_one_step_and_a_second_click_changes_nothing(
    product: Product, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    form = new_form(client, product, published="1")
    for _ in range(2):
        answer = client.post(NEW, form | {"pictures": SimpleUploadedFile("a.jpg", picture())})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/my/products/")
    vase = Product.objects.get(title="Vase")
    assert vase.is_published
    assert vase.images.count() == 1


def test_only_saving_keeps_what_is_published_and_what_is_not(
    product: Product, address: str, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    client.post(NEW, new_form(client, product))
    client.post(address, fields_of(client.get(address).text) | {"stock": "7"})
    assert dict(Product.objects.values_list("title", "published_at")) == {
        "Vase": None,
        "Speckled bowl": product.published_at,
    }


def test_a_change_and_its_publication_are_stored_together(
    shop: Shop, seller: User, client_of: Any
) -> None:
    draft = ProductFactory(shop=shop, unpublished=True)
    client, address = client_of(seller), f"/my/products/{draft.slug}/"
    form = fields_of(client.get(address).text) | {"title": "Jug", "published": "1"}
    client.post(address, form)
    draft.refresh_from_db()
    first = draft.published_at
    assert (draft.title, draft.is_published) == ("Jug", True)
    client.post(address, form)  # a second click
    draft.refresh_from_db()
    assert draft.published_at == first


def test_what_a_colleague_changed_meanwhile_keeps_a_draft_from_being_published(
    shop: Shop, seller: User, client_of: Any
) -> None:
    draft = ProductFactory(shop=shop, unpublished=True)
    client, address = client_of(seller), f"/my/products/{draft.slug}/"
    form = fields_of(client.get(address).text) | {"title": "Mine", "published": "1"}
    Product.objects.update(title="Theirs")
    answer = client.post(address, form)
    draft.refresh_from_db()
    assert (answer.status_code, draft.title, draft.is_published) == (409, "Theirs", False)
    assert client.post(address, fields_of(answer.text) | {"published": "1"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.is_published) == ("Mine", True)


def test_if_a_picture_does_not_fit_nothing_is_published(
    shop: Shop, seller: User, client_of: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = ProductFactory(shop=shop, unpublished=True, title="Before")
    monkeypatch.setattr("catalog.forms.require_room_for_pictures", lambda count: None)
    settings.PRODUCT_MAX_IMAGES = 0
    client, address = client_of(seller), f"/my/products/{draft.slug}/"
    upload = SimpleUploadedFile("a.jpg", picture())
    form = fields_of(client.get(address).text) | {"title": "After", "published": "1"}
    assert client.post(address, form | {"pictures": upload}).status_code == 400
    draft.refresh_from_db()
    assert (draft.title, draft.is_published) == ("Before", False)


def test_unpublishing_also_saves_and_is_no_draft_again(
    product: Product, address: str, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    form = fields_of(client.get(address).text) | {"stock": "7", "published": "0"}
    client.post(address, form)
    product.refresh_from_db()
    assert (product.stock, product.is_published, product.is_withdrawn) == (7, False, True)
    client.post(f"{address}publish/", {"published": "1"})
    product.refresh_from_db()
    assert (product.is_published, product.is_withdrawn) == (True, False)
    client.post(f"{address}publish/", {"published": "0"})
    product.refresh_from_db()
    assert product.is_withdrawn


@pytest.mark.parametrize("label", LABELS)
def test_a_product_says_whether_it_is_a_draft(
    label: str, shop: Shop, seller: User, client_of: Any
) -> None:
    product = ProductFactory(shop=shop, **({LABELS[label]: True} if LABELS[label] else {}))
    client = client_of(seller)
    page = client.get(f"/my/products/{product.slug}/").text.partition('<p class="product-state">')
    state = page[2].partition("</p>")[0]
    assert [one for one in LABELS if f">{one}</span>" in state] == [label]
    rows = client.get("/my/products/").text.partition('<ul class="rows card">')[2]
    assert (">Draft</span>" in rows) is (label == "Draft")
    assert (">Not for sale</span>" in rows) is (label == "Not for sale")


def test_drafts_and_former_products_are_listed_apart(
    product: Product, shop: Shop, seller: User, client_of: Any
) -> None:
    draft = ProductFactory(shop=shop, unpublished=True)
    former = ProductFactory(shop=shop, withdrawn=True)
    client = client_of(seller)
    for state, listed in (("published", product), ("draft", draft), ("withdrawn", former)):
        products = client.get(f"/my/products/?state={state}").context["products"]
        assert list(products) == [listed]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "The price must be more than 0."), ("es", "El precio debe ser mayor que 0.")],
)
def test_nothing_is_sold_for_nothing(
    language: str, words: str, product: Product, address: str, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    form = fields_of(client.get(address).text)
    for amount in ("0", "0,00"):
        answer = client.post(
            address, form | {"amount": amount}, headers={"accept-language": language}
        )
        assert answer.status_code == 400
        assert words in answer.text
    product.refresh_from_db()
    assert product.price == 2450
    assert client.post(address, form | {"amount": "0.01"}).status_code == 302
    product.refresh_from_db()
    assert product.price == 1


def test_not_even_staff_or_a_statement_set_a_price_of_nothing(
    product: Product, client_of: Any
) -> None:
    client = client_of(UserFactory(is_staff=True, is_superuser=True))
    address = f"/admin/catalog/product/{product.pk}/change/"
    page = client.get(address)
    form = {**page.context["adminform"].form.initial, "price": "0"}
    form |= {"images-TOTAL_FORMS": "0", "images-INITIAL_FORMS": "0"}
    answer = client.post(
        address, {name: value for name, value in form.items() if value is not None}
    )
    assert "The price must be more than 0." in answer.text
    with pytest.raises(ValidationError):
        Product(price=0).clean_fields()
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.update(price=0)
    product.refresh_from_db()
    assert product.price == 2450


def test_a_product_is_not_both_for_sale_and_withdrawn(product: Product, seller: User) -> None:
    actions.set_published(seller, product.slug, published=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.update(published_at=product.published_at)
