"""Names of people, shops and things: seen, in one direction, and without tricks."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from catalog.models import Product, Shop
from tests.catalog.test_shop import form_for, picture

pytestmark = pytest.mark.django_db

TRICKS = {
    "nothing": "",
    "blank": "   ",
    "invisible": "\u200b\u2060",
    "NUL": "a\0b",
    "a line break": "a\nb",
    "turned around": "\u202egnp.exe",
    "an isolate": "a\u2067b\u2069",
    "a mark": "a\u200fb",
    "too long": "x" * 400,
}
SIGN_UP = {
    "email": "new@example.com", "name": "Nora Gil", "password1": "slow-orchard-72",
    "role": "seller", "shop_name": "Hilo Fino",
}  # fmt: skip


def names() -> list[Any]:
    """All names that there are."""
    return [
        list(model._default_manager.order_by("pk").values_list("pk", field))
        for model, field in ((User, "name"), (Shop, "name"), (Product, "title"))
    ]


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("field", ["name", "shop_name"])
def test_nobody_signs_up_under_it(field: str, trick: str) -> None:
    before = names()
    answer = Client().post("/accounts/signup/", {**SIGN_UP, field: TRICKS[trick]})
    assert answer.status_code == 200
    assert "field__error" in answer.text
    assert names() == before


def test_a_good_name_signs_up() -> None:
    assert Client().post("/accounts/signup/", SIGN_UP).status_code == 302
    assert Shop.objects.get().name == "Hilo Fino"


@pytest.mark.parametrize("trick", TRICKS)
def test_nobody_takes_it_later(trick: str, shopper: User, client_of: Any) -> None:
    client, before = client_of(shopper), names()
    for path in ("/accounts/profile/", "/my/shop/open/"):
        assert client.post(path, {"name": TRICKS[trick]}).status_code == 400
    assert names() == before
    assert client.post("/accounts/profile/", {"name": "Lucía R."}).status_code == 302


@pytest.mark.parametrize("trick", TRICKS)
def test_no_product_bears_it(trick: str, product: Product, seller: User, client_of: Any) -> None:
    client, before = client_of(seller), names()
    for path in ("/my/products/new/", f"/my/products/{product.slug}/"):
        assert client.post(path, form_for(product, title=TRICKS[trick])).status_code == 400
    assert names() == before


@pytest.mark.parametrize("name", ["\u202egnp.exe", "a\u2067b.jpg", "a\x07.jpg", "<b>..\\bowl.jpg"])
def test_a_picture_keeps_nothing_of_its_files_name(
    name: str, product: Product, seller: User, client_of: Any
) -> None:
    upload = SimpleUploadedFile(name, picture())
    client_of(seller).post(f"/my/products/{product.slug}/", form_for(product, pictures=upload))
    assert re.fullmatch(r"products/[0-9a-f-]{36}\.jpg", str(product.images.get().file.name))


def test_html_in_a_name_is_text(shopper: User, client_of: Any) -> None:
    client_of(shopper).post("/accounts/profile/", {"name": "<i>Lucía</i>"})
    page = client_of(shopper).get("/accounts/profile/").text
    assert "&lt;i&gt;Luc" in page
    assert "<i>Luc" not in page
