"""A shop's settings: who changes them, its URLs, its picture."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.factories import UserFactory
from accounts.models import User
from catalog import shops, teams
from catalog.factories import ProductFactory, ShopFactory, ShopMemberFactory
from catalog.models import FormerSlug, Product, Shop, ShopMember
from tests.products import picture
from tests.whole import some_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def settings_of(shop: Shop) -> str:
    return f"/my/shop/{shop.pk}/"


def form_of(client: Client, place: str) -> dict[str, str]:
    """Return what a browser would post from the form as shown."""
    return {
        name: value
        for name, value in posted(client.get(place).context["form"]).items()
        if value is not None
    }


def posted(form: Any) -> dict[str, str]:
    return {field.name: field.value() for field in form}


def columns(shop: Shop) -> dict[str, Any]:
    return dict(Shop.objects.values().get(pk=shop.pk))


def test_an_owner_changes_the_settings(
    shop: Shop, seller: User, settings_of: str, client_of: Any
) -> None:
    client = client_of(seller)
    changed = {
        "name": "Barro y Mar", "city": "Sagunto", "description": "We moved.",
        "slug": "Barro-y-Mar", "time_zone": "Atlantic/Canary",
    }  # fmt: skip
    answer = client.post(settings_of, form_of(client, settings_of) | changed)
    assert (answer.status_code, answer.headers["Location"]) == (302, settings_of)
    assert columns(shop).items() >= (changed | {"slug": "barro-y-mar"}).items()
    with pytest.raises(ValidationError):  # the name that others must not resemble is the new one
        Shop(name="Barro y Мar", slug="x").full_clean()
    Shop(name="Barro y Sal", slug="y").full_clean()


@pytest.mark.parametrize(
    ("outsider", "status"),
    [("colleague", 403), ("other_seller", 404), ("former_colleague", 404), ("shopper", 404)],
)
def test_nobody_but_an_owner_changes_them(
    outsider: str,
    status: int,
    shop: Shop,
    seller: User,
    settings_of: str,
    client_of: Any,
    request: pytest.FixtureRequest,
) -> None:
    form, before = form_of(client_of(seller), settings_of), columns(shop)
    client = client_of(request.getfixturevalue(outsider))
    assert client.post(settings_of, form | {"city": "Elsewhere"}).status_code == status
    upload = {"picture": SimpleUploadedFile("a.jpg", picture())}
    assert client.post(f"{settings_of}picture/", upload).status_code == status
    assert client.post(f"{settings_of}picture/", {"remove": "1"}).status_code == status
    assert client.get(settings_of).status_code == (200 if status == 403 else 404)
    assert columns(shop) == before
    seller.is_active = False
    seller.save()
    assert client_of(seller).post(settings_of, form | {"city": "Elsewhere"}).status_code != 302
    assert columns(shop) == before


def test_the_act_itself_asks_who_owns_the_shop(shop: Shop, colleague: User) -> None:
    before = columns(shop)
    with pytest.raises(PermissionDenied):
        shops.change_shop(colleague, shop.pk, {"city": "Elsewhere"}, {})
    with pytest.raises(PermissionDenied):
        shops.set_picture(colleague, shop.pk, None)
    assert columns(shop) == before


def test_an_agent_sees_them_and_who_may_change_them(
    shop: Shop, colleague: User, settings_of: str, client_of: Any
) -> None:
    page = client_of(colleague).get(settings_of).text
    assert "Only an owner of the shop can change this." in page
    assert re.search(r'<fieldset class="stack" disabled>', page)
    assert "Save picture" not in page


def test_two_owners_at_once_lose_nothing(
    shop: Shop, seller: User, settings_of: str, client_of: Any
) -> None:
    other = UserFactory(seller=True)
    ShopMemberFactory(shop=shop, user=other, role=ShopMember.Role.OWNER)
    client, theirs = client_of(seller), client_of(other)
    form, form_of_other = form_of(client, settings_of), form_of(theirs, settings_of)
    assert theirs.post(settings_of, form_of_other | {"city": "Sagunto"}).status_code == 302
    assert client.post(settings_of, form | {"description": "Mine."}).status_code == 302
    assert columns(shop).items() >= {"city": "Sagunto", "description": "Mine."}.items()
    answer = client.post(settings_of, form | {"city": "Castellón"})
    assert answer.status_code == 409
    assert "“Sagunto”" in answer.text
    assert columns(shop)["city"] == "Sagunto"
    again = {name: value for name, value in posted(answer.context["form"]).items() if value}
    assert client.post(settings_of, again).status_code == 302
    assert columns(shop)["city"] == "Castellón"


REFUSED = (
    {"name": "North Loom"},
    {"name": "N0rth L00m"},
    {"name": "Trato Support"},
    {"name": ""},
    {"slug": "north-loom"},
    {"slug": "NORTH-loom"},
    {"slug": "old-loom"},
    {"slug": "open"},
    {"slug": "trato-support"},
    {"slug": "bar ro"},
    {"slug": "north_loom"},
    {"slug": "north--loom"},
    {"slug": "-"},
    {"slug": "barro/../admin"},
    {"slug": ""},
    {"time_zone": "Europe/Atlantis"},
    {"time_zone": "../../etc/passwd"},
    {"city": "\u202eaicnelaV"},
)


@pytest.mark.parametrize("change", some_of(REFUSED, 9))
def test_what_belongs_to_others_or_is_none_is_refused(
    change: dict[str, str],
    shop: Shop,
    seller: User,
    other_seller: User,
    settings_of: str,
    client_of: Any,
) -> None:
    FormerSlug.objects.create(shop=Shop.objects.get(slug="north-loom"), slug="old-loom")
    client, before = client_of(seller), columns(shop)
    answer = client.post(settings_of, form_of(client, settings_of) | change)
    assert answer.status_code == 400
    assert [*answer.context["form"].errors] == [*change]
    assert columns(shop) == before
    assert not FormerSlug.objects.filter(shop=shop).exists()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "only lowercase letters, digits"), ("es", "solo minúsculas, cifras y guiones")],
)
def test_a_refused_address_says_what_it_may_consist_of(
    language: str, words: str, shop: Shop, seller: User, settings_of: str, client_of: Any
) -> None:
    client = client_of(seller)
    form = form_of(client, settings_of) | {"slug": "bar ro"}
    answer = client.post(settings_of, form, headers={"accept-language": language})
    assert words in answer.text
    assert "“slug”" not in answer.text


def test_a_shop_without_products_says_so(shop: Shop) -> None:
    words = "Nothing is for sale here at the moment."
    assert words in Client().get(shop.get_absolute_url()).text
    ProductFactory(shop=shop)
    assert words not in Client().get(shop.get_absolute_url()).text


def test_my_shop_leads_to_the_settings_or_to_opening_one(
    shop: Shop, seller: User, shopper: User, client_of: Any
) -> None:
    client = client_of(seller)
    assert client.get("/my/shop/").headers["Location"] == f"/my/shop/{shop.pk}/"
    assert "/my/shop/" in client.get("/").text
    assert client_of(shopper).get("/my/shop/").headers["Location"] == "/my/shop/open/"
    assert client_of(None).get("/my/shop/").headers["Location"].startswith("/accounts/login/")
    second = ShopFactory(owner=seller)
    assert f'href="/my/shop/{second.pk}/"' in client.get(f"/my/shop/{shop.pk}/").text


def test_a_new_shop_lives_in_the_time_zone_of_the_browser(shopper: User, client_of: Any) -> None:
    client = client_of(shopper)
    client.cookies["timezone"] = "America/Mexico_City"
    client.post("/my/shop/open/", {"name": "Taller Sol"})
    assert Shop.objects.get().time_zone == "America/Mexico_City"
    assert teams.open_shop(shopper, "Taller Luna").time_zone == "UTC"


def test_shoppers_see_what_time_it_is_for_the_shop(shop: Shop) -> None:
    Shop.objects.update(time_zone="Asia/Tokyo")
    with time_machine.travel(datetime(2026, 1, 5, 12, 30, tzinfo=UTC), tick=False):
        page = Client().get(shop.get_absolute_url(), headers={"accept-language": "es"}).text
    assert "21:30 hora local" in page


@pytest.mark.usefixtures("no_hurry")
@pytest.mark.django_db(transaction=True)
def test_a_picture_is_square_shown_everywhere_and_removed_with_its_file(
    product: Product, shop: Shop, seller: User, settings_of: str, client_of: Any
) -> None:
    client = client_of(seller)
    places = ["/", shop.get_absolute_url(), product.get_absolute_url(), settings_of]
    for _ in range(2):
        upload = {"picture": SimpleUploadedFile("us.jpg", picture(size=(640, 360)))}
        assert client.post(f"{settings_of}picture/", upload).status_code == 302
    shop.refresh_from_db()
    name = str(shop.picture.name)
    assert default_storage.listdir("shops")[1] == [name.removeprefix("shops/")]  # not the first one
    with default_storage.open(name) as file, Image.open(file) as made:
        assert made.size == (256, 256)
    for place in places:
        assert shop.picture.url in client.get(place).text, place
    client.post(f"{settings_of}picture/", {"remove": "1"})
    shop.refresh_from_db()
    assert not shop.picture
    assert not default_storage.exists(name)
    assert ">BS</span>" in client.get(product.get_absolute_url()).text  # the initials


@pytest.mark.usefixtures("no_hurry")
@pytest.mark.parametrize("content", [b"<svg/>", picture("GIF"), b""])
def test_what_is_no_picture_changes_nothing(
    content: bytes, shop: Shop, seller: User, settings_of: str, client_of: Any
) -> None:
    upload = {"picture": SimpleUploadedFile("us.jpg", content)}
    answer = client_of(seller).post(f"{settings_of}picture/", upload)
    assert answer.status_code == 400
    assert "picture" in answer.context["picture_form"].errors
    shop.refresh_from_db()
    assert not shop.picture
