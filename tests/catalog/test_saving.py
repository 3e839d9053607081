"""Saving a product: what its author changed and no more, once, and nothing is typed twice."""

import html
import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from catalog import actions, seller_views, teams
from catalog.forms import OpenShopForm
from catalog.images import Picture
from catalog.models import KeptPicture, Product, ProductImage, Shop
from messaging.actions import start_conversation
from tests.products import ProductImageFactory, picture
from tests.threads import in_threads

pytestmark = pytest.mark.django_db


def fields_of(page: str) -> dict[str, Any]:
    """What a browser would post of the product's form as it is shown."""
    form = page.partition('<form class="product-form')[2].partition("</form>")[0]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        names = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if names.get("type") not in ("file", "checkbox"):
            fields[names["name"]] = html.unescape(names.get("value", ""))
    for name, content in re.findall(r'<textarea name="(\w+)"[^>]*>(.*?)</textarea>', form, re.S):
        fields[name] = html.unescape(content).removeprefix("\n").replace("\n", "\r\n")
    for name, content in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', form, re.S):
        options = re.findall(r'<option value="([^"]*)"([^>]*)>', content)
        chosen = [value for value, rest in options if "selected" in rest]
        fields[name] = (chosen or [value for value, _rest in options])[0]
    return fields


@pytest.fixture
def address(product: Product) -> str:
    return f"/my/products/{product.slug}/"


def test_saving_does_not_undo_what_a_colleague_did_meanwhile(
    product: Product, address: str, seller: User, colleague: User, client_of: Any
) -> None:
    client = client_of(seller)
    form = fields_of(client.get(address).text)
    actions.set_published(colleague, product.slug, published=False)
    Product.objects.update(stock=99, price=777)
    assert client.post(address, form | {"title": "Deep bowl"}).status_code == 302
    product.refresh_from_db()
    assert (product.title, product.stock, product.price) == ("Deep bowl", 99, 777)
    assert not product.is_published


def test_two_who_change_the_same_are_asked_and_the_second_try_passes(
    product: Product, address: str, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    form = fields_of(client.get(address).text)
    Product.objects.update(price=9900, title="Their title", stock=5)
    mine = {"amount": "12,50", "description": "Mine", "title": "My title"}
    answer = client.post(address, form | mine)
    assert answer.status_code == 409
    assert "“99.00”" in answer.text
    assert "“Their title”" in answer.text
    product.refresh_from_db()
    assert (product.title, product.price, product.description) == (
        "Their title", 9900, "Made by hand.",
    )  # fmt: skip
    again = fields_of(answer.text)
    assert (again["amount"], again["title"], again["description"]) == ("12,50", "My title", "Mine")
    assert client.post(address, again).status_code == 302
    product.refresh_from_db()
    assert (product.title, product.price, product.description, product.stock) == (
        "My title", 1250, "Mine", 5,
    )  # fmt: skip


def test_both_may_write_the_same(
    product: Product, address: str, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    form = fields_of(client.get(address).text)
    Product.objects.update(title="Bowl")
    assert client.post(address, form | {"title": "Bowl"}).status_code == 302


@pytest.mark.parametrize("seen", ["x", "[1]", "[" * 100_000, '{"title": {}}'])
def test_a_broken_mark_of_what_was_seen_is_none(
    seen: str, product: Product, address: str, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    form = fields_of(client.get(address).text) | {"seen": seen, "stock": "7"}
    assert client.post(address, form).status_code in (302, 409)


def test_a_product_may_not_move_to_a_shop_of_others(
    product: Product, address: str, seller: User, other_seller: User, client_of: Any
) -> None:
    client, theirs = client_of(seller), Shop.objects.get(members=other_seller)
    form = fields_of(client.get(address).text) | {"shop": theirs.pk}
    assert client.post(address, form).status_code == 400
    product.refresh_from_db()
    assert product.shop != theirs


def test_a_line_break_is_one_character(
    product: Product, address: str, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    form = fields_of(client.get(address).text)
    longest = "x\r\n" * 2499 + "yz"  # 5,000 characters, as the browser counts them
    assert client.post(address, form | {"description": longest}).status_code == 302
    product.refresh_from_db()
    assert product.description == "x\n" * 2499 + "yz"
    assert client.post(address, form | {"description": longest + "!"}).status_code == 400


# -- Once ------------------------------------------------------------------------------------


def new_form(client: Any, product: Product, **change: Any) -> dict[str, Any]:
    form = fields_of(client.get("/my/products/new/").text)
    values = {"title": "Vase", "category": product.category_id, "amount": "9", "stock": "1"}
    return form | values | change


def test_a_second_click_makes_no_second_product(
    product: Product, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    form = new_form(client, product)
    first, second = (client.post("/my/products/new/", form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Product.objects.filter(title="Vase").count() == 1
    client.post("/my/products/new/", form | {"title": "Vase, blue"})  # Back, and something else
    client.post("/my/products/new/", new_form(client, product))  # another form, the same words
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
        if not answers:  # the first click is done while the second one is under way
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
    made = in_threads(10, lambda: actions.create_product(seller, values, key=key).pk)
    opened = in_threads(10, lambda: teams.open_shop(seller, "Taller Sol", other).pk)
    assert len({*made}) == len({*opened}) == 1
    assert Product.objects.count() == 2
    assert Shop.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_ten_who_choose_one_title_at_once_get_ten_addresses(product: Product, seller: User) -> None:
    values = {name: getattr(product, name) for name in Product.FORM_COLUMNS} | {"title": "Jug"}
    slugs = in_threads(10, lambda: actions.create_product(seller, values, key=uuid.uuid4()).slug)
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


# -- Pictures --------------------------------------------------------------------------------


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
    """Both forms count before either stores: the one that comes second keeps its pictures."""
    settings.PRODUCT_MAX_IMAGES = 2
    client, store = client_of(seller), seller_views._store
    form = fields_of(client.get(address).text)
    files = [SimpleUploadedFile(f"{number}.jpg", picture()) for number in range(2)]

    def stored_late(*args: Any) -> Product:
        ProductImageFactory(product=product)  # the colleague's, since the form has counted
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
    product: Any, address: str, seller: User, shopper: User, client_of: Any
) -> None:
    image = ProductImageFactory(product=product)
    conversation = start_conversation(shopper, product=product)
    assert conversation.product_image == image.file.url
    client_of(seller).post(f"{address}pictures/{image.pk}/", {"remove": ""})
    assert not product.images.exists()
    assert image.file.url not in client_of(None).get(product.get_absolute_url()).text
    assert image.file.url in client_of(shopper).get(conversation.get_absolute_url()).text
    assert image.file.storage.exists(str(image.file.name))
    assert ProductImage.with_removed.get() == image
