"""Browsing, and what sellers do with their own products, but not with others'."""

import io
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Product, ProductImage, Shop
from tests.products import form_for, picture
from trato.images.sanitize import sanitize

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "is_listed"),
    [
        ("q=speckled", True),
        ("q=SPECKLED+bowl", True),
        ("q=elephant", False),
        ("q=barro", True),
        ("low=20&high=30", True),
        ("high=20", False),
        ("currency=USD", False),
        ("low=nonsense&category=nothing&page=x", True),
    ],
)
def test_the_list_finds_what_was_asked_for(query: str, is_listed: bool, product: Product) -> None:
    assert (product.get_absolute_url() in Client().get(f"/products/?{query}").text) is is_listed


def test_a_draft_is_seen_by_its_shop_alone(
    product: Product, seller: User, other_seller: User, client_of: Any
) -> None:
    Product.objects.update(published_at=None)
    address = product.get_absolute_url()
    assert client_of(seller).get(address).status_code == 200
    for outsider in (None, other_seller):
        assert client_of(outsider).get(address).status_code == 404


def test_a_seller_adds_and_publishes_a_product(
    product: Product, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    upload = SimpleUploadedFile("bowl.jpg", picture())
    client.post("/my/products/new/", form_for(product, pictures=upload))
    made = Product.objects.get(title="New bowl")
    assert (made.price, made.is_published, made.images.count()) == (1250, False, 1)
    client.post(f"/my/products/{made.slug}/publish/", {"published": "1"})
    made.refresh_from_db()
    assert made.is_published


@pytest.mark.parametrize(
    "change", [{"amount": "12.505"}, {"amount": "-1"}, {"title": "\u202egnp"}, {"stock": "x"}]
)
def test_a_product_with_something_wrong_is_not_stored(
    change: dict[str, str], product: Product, seller: User, client_of: Any
) -> None:
    answer = client_of(seller).post("/my/products/new/", form_for(product, **change))
    assert answer.status_code == 400
    assert Product.objects.count() == 1


@pytest.mark.parametrize("outsider", ["other_seller", "former_colleague", "shopper"])
def test_nobody_else_touches_a_shops_products(
    outsider: str, product: Product, client_of: Any, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(outsider))
    address = f"/my/products/{product.slug}/"
    assert client.get(address).status_code == 404
    assert client.post(address, form_for(product)).status_code == 404
    assert client.post(f"{address}publish/", {"published": "0"}).status_code == 404
    product.refresh_from_db()
    assert product.title == "Speckled bowl"
    assert product.is_published


def test_a_photo_loses_where_it_was_taken_and_its_name() -> None:
    exif = Image.Exif()
    exif[0x0110] = "Secret camera"
    exif.get_ifd(0x8825)[1] = "N"
    clean = sanitize(SimpleUploadedFile("me at home.jpg", picture(exif=exif)))
    made = Image.open(io.BytesIO(clean.read()))
    assert not made.getexif()
    assert b"Secret camera" not in picture() + made.tobytes()
    assert "home" not in str(clean.name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.jpg", b"hello"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("half.jpg", picture(size=(600, 600))[:900]),
        ("a\u202egpj.exe", picture()),
        ("moving.gif", picture("GIF")),
    ],
)
def test_what_is_no_sound_picture_is_refused_with_words(name: str, content: bytes) -> None:
    with pytest.raises(ValidationError):
        sanitize(SimpleUploadedFile(name, content))
    assert not ProductImage.objects.exists()


def test_too_many_pixels_and_too_many_bytes_are_refused(settings: Any) -> None:
    settings.IMAGE_MAX_PIXELS = 2000
    with pytest.raises(ValidationError):
        sanitize(SimpleUploadedFile("big.png", picture("PNG")))
    settings.IMAGE_MAX_PIXELS, settings.IMAGE_MAX_BYTES = 40_000_000, 100
    with pytest.raises(ValidationError):
        sanitize(SimpleUploadedFile("heavy.png", picture("PNG")))


def test_yen_have_no_cents(seller: User, shop: Shop, client_of: Any) -> None:
    product = ProductFactory(shop=shop)
    client = client_of(seller)
    bad = form_for(product, currency="JPY", amount="12.50")
    assert client.post("/my/products/new/", bad).status_code == 400
    client.post("/my/products/new/", form_for(product, currency="JPY", amount="1250"))
    assert Product.objects.get(currency="JPY").price == 1250
