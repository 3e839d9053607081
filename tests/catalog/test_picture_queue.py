"""Pictures of a product wait for a turn to be decoded, and are counted per person."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from catalog.models import Product, Shop
from tests.trato.images.picture_files import grey, saved
from trato.images.queue import Queue


def form_for(product: Product) -> dict[str, Any]:
    return {
        "shop": product.shop_id, "title": "A bowl with a long name",
        "category": product.category_id,
        "description": "", "currency": "EUR", "amount": "12.50", "stock": 2,
        "pictures": SimpleUploadedFile("bowl.jpg", saved(grey(9, 9), "JPEG")),
    }  # fmt: skip


@pytest.mark.django_db
def test_a_seller_is_told_when_there_is_no_turn_and_keeps_the_words(
    product: Product, seller: User, client_of: Any, settings: Any
) -> None:
    settings.IMAGE_QUEUE_MAX = 0
    answer = client_of(seller).post("/my/products/new/", form_for(product))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "A bowl with a long name" in answer.text
    assert Product.objects.count() == 1
    settings.IMAGE_QUEUE_MAX = 1
    assert client_of(seller).post("/my/products/new/", form_for(product)).status_code == 302
    assert Product.objects.count() == 2


@pytest.mark.django_db
def test_pictures_per_hour_are_counted_for_each_person(
    product: Product, seller: User, other_seller: User, client_of: Any, settings: Any
) -> None:
    settings.PICTURES_PER_HOUR = 1
    client = client_of(seller)
    assert client.post("/my/products/new/", form_for(product)).status_code == 302
    answer = client.post("/my/products/new/", form_for(product))
    assert answer.status_code == 429
    assert "A bowl with a long name" in answer.text
    others = form_for(product) | {"shop": Shop.objects.get(slug="north-loom").pk}
    assert client_of(other_seller).post("/my/products/new/", others).status_code == 302


@pytest.mark.django_db
def test_a_form_without_pictures_waits_for_nobody(
    product: Product, seller: User, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Queue, "turn", None)
    form = form_for(product)
    del form["pictures"]
    assert client_of(seller).post("/my/products/new/", form).status_code == 302
    assert Client().get("/products/").status_code == 200
