"""Pictures in the product form."""

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from catalog import actions, seller_views
from catalog.models import KeptPicture, Product, ProductImage
from messaging.actions import start_conversation
from tests.products import ProductImageFactory, picture
from trato.images.sanitize import Picture

from .product_forms import fields_of, new_form

pytestmark = pytest.mark.django_db


def test_pictures_of_a_form_with_an_error_wait_for_the_next_try(
    product: Product, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    files = [SimpleUploadedFile(f"{number}.jpg", picture()) for number in range(3)]
    answer = client.post(
        "/my/products/new/", new_form(client, product, amount="1.250", pictures=files)
    )
    assert answer.status_code == 400
    assert answer.text.count('name="drop"') == 3
    form = fields_of(answer.text) | {"amount": "1250", "drop": KeptPicture.objects.all()[1].pk}
    client.post("/my/products/new/", form)
    made = Product.objects.get(title="Vase")
    assert made.images.count() == 2
    assert all(image.file.storage.exists(str(image.file.name)) for image in made.images.all())
    assert not KeptPicture.objects.exists()


def test_a_picture_that_is_none_does_not_cost_the_others(
    product: Product, address: str, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    files = [SimpleUploadedFile("a.jpg", picture()), SimpleUploadedFile("b.jpg", b"none")]
    answer = client.post(address, fields_of(client.get(address).text) | {"pictures": files})
    assert answer.status_code == 400
    assert "b.jpg" in answer.text
    client.post(address, fields_of(answer.text))
    assert product.images.count() == 1


def test_waiting_pictures_are_their_owners_and_few(
    product: Product, address: str, seller: User, colleague: User, client_of: Any, settings: Any
) -> None:
    settings.KEPT_PICTURES_MAX = 2
    key = uuid.uuid4()
    for _ in range(3):
        actions.keep_pictures(seller, key, [Picture(picture(), name=f"{uuid.uuid4()}.jpg")])
    assert KeptPicture.objects.count() == 2
    client = client_of(colleague)
    client.post(address, fields_of(client.get(address).text) | {"form_key": str(key)})
    assert not product.images.exists()
    client = client_of(seller)
    client.post(address, fields_of(client.get(address).text) | {"form_key": str(key)})
    assert product.images.count() == 2


def test_no_more_pictures_than_a_product_may_have_also_with_waiting_ones(
    product: Product, address: str, seller: User, client_of: Any, settings: Any
) -> None:
    settings.PRODUCT_MAX_IMAGES = 2
    client = client_of(seller)
    form = fields_of(client.get(address).text)
    files = [SimpleUploadedFile(f"{number}.jpg", picture()) for number in range(2)]
    answer = client.post(address, form | {"amount": "x", "pictures": files})
    again = fields_of(answer.text) | {"amount": "1"}
    more = {"pictures": SimpleUploadedFile("c.jpg", picture())}
    assert client.post(address, again | more).status_code == 400
    assert client.post(address, again).status_code == 302
    assert product.images.count() == 2


def test_two_who_add_pictures_to_old_pages_make_no_more_than_a_product_may_have(
    product: Product, address: str, seller: User, client_of: Any, settings: Any
) -> None:
    """Both forms count before either stores. The second form keeps its pictures to try again."""
    settings.PRODUCT_MAX_IMAGES = 2
    client, store = client_of(seller), seller_views._store
    form = fields_of(client.get(address).text)
    files = [SimpleUploadedFile(f"{number}.jpg", picture()) for number in range(2)]

    def stored_late(*args: Any) -> Product:
        ProductImageFactory(product=product)  # a colleague's, stored after this form has counted
        return store(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seller_views, "_store", stored_late)
        answer = client.post(address, form | {"title": "Deep bowl", "pictures": files})
    assert answer.status_code == 400
    assert "Up to 2 pictures." in answer.text
    assert (product.images.count(), KeptPicture.objects.count()) == (1, 2)
    again = fields_of(answer.text) | {"drop": [KeptPicture.objects.earliest("pk").pk]}
    assert client.post(address, again).status_code == 302
    product.refresh_from_db()
    assert (product.title, product.images.count()) == ("Deep bowl", 2)


def test_a_removed_picture_is_still_shown_where_somebody_asked(
    product: Any,
    address: str,
    seller: User,
    shopper: User,
    client_of: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    image = ProductImageFactory(product=product)
    conversation = start_conversation(shopper, product=product)
    assert conversation.product_image == image.file.url
    with django_capture_on_commit_callbacks(execute=True):
        client_of(seller).post(f"{address}pictures/{image.pk}/", {"remove": ""})
    assert not product.images.exists()
    assert image.file.url not in client_of(None).get(product.get_absolute_url()).text
    assert image.file.url in client_of(shopper).get(conversation.get_absolute_url()).text
    assert image.file.storage.exists(str(image.file.name))
    assert ProductImage.with_removed.get() == image
