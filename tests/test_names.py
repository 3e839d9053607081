"""Names of people, shops and products: visible, in one direction, and without tricks."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ShopFactory
from catalog.models import Product, Shop
from tests.products import form_for, picture
from tests.whole import some_of
from trato.names import SKELETON_MAX, skeleton

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
    "stacked accents": "Lu" + "\u0301" * 30 + "cía",
}
# Forbidden names of people and shops that a product may have.
DECEPTIONS = {
    "the brand": "Trato Support",
    "Cyrillic in the brand": "Тrаtо Suppоrt",
    "full width": "Ｔｒａｔｏ",
    "bold letters": "𝐓𝐫𝐚𝐭𝐨 help",
    "spaces between the letters": "T r a t o",
    "a zero for an O": "TRAT0 Soporte",
    "joined": "TratoSupport",
    "an office": "Soporte técnico",
    "an office of small words": "Atención al cliente",
    "an office with its trade": "Technical Support",
    "a department": "Departamento de pagos",
    "a person in an office": "Agente de soporte",
    "two alphabets in a word": "Luсía",
    "a zero-width space": "Lucía\u200b",
    "a zero-width space inside": "Lu\u200bcía",
    "a joiner between letters": "Lu\u200dcía",
    "a soft hyphen": "Lu\u00adcía",
    "a filler": "Lucía\u3164",
    "a joiner of graphemes": "Lu\u034fcía",
    "a line separator": "Lucía\u2028Romero",
    "letters in frames": "🆃🆁🅰🆃🅾",
    "letters of flags": "🇹🇷🇦🇹🇴",
    "small capitals": "ᴛʀᴀᴛᴏ",
    "letters with hooks and strokes": "Ⱦɍaʈo",
    "Cyrillic alone": "тгато",
    "digits for letters": "7r4to",
    "signs for letters": "Tra†○",
    "an office with a number": "Admin 2",
    "an office with its hours": "24h Support",
    "an office with a mark": "Support®",
    "the brand with a mark": "Trato®",
    "the brand with a mark that is two letters": "Trato™",
    "what stands for an account that is gone": "Deleted account",
    "the same in Spanish": "Cuenta Eliminada",
    "what the site calls its staff": "Nuestro equipo",
    "an office with hours": "Support 24/7",
    "a check mark": "Lucía ✓",
    "a shield": "🛡️ Lucía",
    "no letter": "★ ★",
}
GOOD_NAMES = [
    "Lucía Romero", "Ana de la Cruz", "Al", "Nguyễn Thị Hà", "Zoë O’Neill", "Иван Петров",
    "田中 Taro", "فروش‌گاه", "नीरज", "שָׁלוֹם", "Buen Retrato", "Contrato y Cía", "Plant Support",
    "Ҫелик", "Γιώργος", "Татьяна", "Łukasz Żak", "Björk & Søn", "Ana ❤️", "Estudio 4", "Trust Me 3",
]  # fmt: skip
SIGN_UP = {
    "email": "new@example.com", "name": "Nora Gil", "password1": "slow-orchard-72",
    "role": "seller", "shop_name": "Hilo Fino",
}  # fmt: skip


def profile(name: str) -> dict[str, str]:
    """Return the values that the profile's form sends."""
    return {"name": name, "language": "en"}


def names() -> list[Any]:
    """Every kind of name."""
    return [
        list(model._default_manager.order_by("pk").values_list("pk", field))
        for model, field in ((User, "name"), (Shop, "name"), (Product, "title"))
    ]


@pytest.mark.parametrize("trick", some_of(TRICKS | DECEPTIONS, 10))
def test_nobody_signs_up_under_it(trick: str) -> None:
    """Neither a person nor a shop can; the form reports both errors."""
    before = names()
    name = (TRICKS | DECEPTIONS)[trick]
    answer = Client().post("/accounts/signup/", {**SIGN_UP, "name": name, "shop_name": name})
    assert answer.status_code == 200
    assert {"name", "shop_name"} <= set(answer.context["form"].errors)
    assert answer.text.count("field__error") >= 2
    assert names() == before


@pytest.mark.parametrize("field", ["name", "shop_name"])
def test_one_bad_name_is_enough_to_be_refused(field: str) -> None:
    before = names()
    answer = Client().post("/accounts/signup/", {**SIGN_UP, field: DECEPTIONS["the brand"]})
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {field}
    assert names() == before


def test_a_good_name_signs_up() -> None:
    assert Client().post("/accounts/signup/", SIGN_UP).status_code == 302
    assert Shop.objects.get().name == "Hilo Fino"


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_an_honest_name_is_taken(name: str, shopper: User, client_of: Any) -> None:
    client = client_of(shopper)
    assert client.post("/accounts/profile/", profile(name)).status_code == 302
    assert client.post("/my/shop/open/", {"name": name}).status_code == 302
    assert Shop.objects.get().name == name


@pytest.mark.parametrize(
    "name",
    ["barro y sal", "Bárro y Sál", "BARRO-Y-SAL", "Barro  y  Sal.", "Barroysal", "Barr0 y 5al"],
)
def test_no_shop_looks_like_another_one(
    name: str, shop: Shop, shopper: User, client_of: Any
) -> None:
    chief = UserFactory(staff=True, is_superuser=True)
    other = ShopFactory(name="North Loom")
    before = names()
    assert client_of(shopper).post("/my/shop/open/", {"name": name}).status_code == 400
    page = f"/admin/catalog/shop/{other.pk}/change/"
    form = {"name": name, "slug": other.slug, "time_zone": "UTC", "city": "", "description": ""}
    for inline in ("memberships", "invitations", "former_slugs"):
        form |= {f"{inline}-TOTAL_FORMS": "0", f"{inline}-INITIAL_FORMS": "0"}
    assert client_of(chief).post(page, form).status_code == 200
    assert names() == before
    assert client_of(chief).post(page, form | {"name": "South Loom"}).status_code == 302


def test_the_database_refuses_two_shops_that_look_alike(shop: Shop) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Shop.objects.bulk_create([Shop(name="Bаrro y Sal", slug="other")])
    shop.name = "Barro y Sal."
    shop.save()
    assert Shop.objects.get().name == "Barro y Sal."


def test_what_is_reserved_is_a_setting(settings: Any, shopper: User, client_of: Any) -> None:
    settings.RESERVED_BRANDS, settings.RESERVED_OFFICES = ["Bazar"], ["Concierge"]
    for name, status in [("Bаzar", 400), ("Bazar", 400), ("Concierge", 400), ("Trato", 302)]:
        assert client_of(shopper).post("/accounts/profile/", profile(name)).status_code == status


@example("ᏺ")  # a lowercase letter that Unicode folds to an uppercase one
@example("Г")
@example("V:V")  # two letters that together look like another letter
@given(st.text(max_size=60))
def test_whatever_the_name_its_skeleton_is_its_own_skeleton(name: str) -> None:
    assert skeleton(skeleton(name)) == skeleton(name)
    assert len(skeleton(name)) <= SKELETON_MAX


# The sign-up's fields are the same, and refuse all others above.
@pytest.mark.parametrize("name", [TRICKS["stacked accents"], DECEPTIONS["the brand"]])
def test_nobody_takes_it_later(name: str, shopper: User, client_of: Any) -> None:
    client, before = client_of(shopper), names()
    for path in ("/accounts/profile/", "/my/shop/open/"):
        assert client.post(path, profile(name)).status_code == 400
    assert names() == before
    assert client.post("/accounts/profile/", profile("Lucía R.")).status_code == 302


@pytest.mark.parametrize("trick", some_of(TRICKS, 4))
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
    client_of(shopper).post("/accounts/profile/", profile("<i>Lucía</i>"))
    page = client_of(shopper).get("/accounts/profile/").text
    assert "&lt;i&gt;Luc" in page
    assert "<i>Luc" not in page


# -- names of staff and of verified shops ----------------------------------------------------------

CLAIMS = [
    "Barro y Sal", "BARRO Y SAL", "Barro y Sal oficial", "B a r r o y S a l", "Barro y Sal 2024",
    "Ｂａｒｒｏ ｙ Ｓａｌ", "Barro y 5al", "Barro-y-Sal Support", "barro.y.sal", "Bаrrо у Sаl",
]  # fmt: skip


@pytest.fixture
def verified(shop: Shop) -> Shop:
    Shop.objects.filter(pk=shop.pk).update(is_verified=True)
    return shop


@pytest.mark.parametrize("name", CLAIMS)
def test_nobody_signs_up_or_is_renamed_as_a_verified_shop(
    name: str, verified: Shop, shopper: User, client_of: Any
) -> None:
    before = names()
    answer = Client().post("/accounts/signup/", {**SIGN_UP, "name": name})
    assert list(answer.context["form"].errors) == ["name"]
    answer = client_of(shopper).post("/accounts/profile/", profile(name))
    assert list(answer.context["form"].errors) == ["name"]
    assert names() == before


@pytest.mark.parametrize("name", ["Barro y Sal oficial", "Barro y Sal Support", "Barro y Sal 24"])
def test_no_shop_claims_to_be_a_verified_one(
    name: str, verified: Shop, other_seller: User, client_of: Any
) -> None:
    client, before = client_of(other_seller), names()
    answer = client.post("/my/shop/open/", {"name": name})
    assert "Another shop has this name" in answer.text
    assert names() == before
    Shop.objects.update(is_verified=False)  # anybody may open a shop; only staff know who this is
    assert client.post("/my/shop/open/", {"name": name}).status_code == 302


def test_its_own_people_may_have_its_name(
    verified: Shop, seller: User, colleague: User, client_of: Any
) -> None:
    for person in (seller, colleague):
        answer = client_of(person).post("/accounts/profile/", profile("Barro y Sal"))
        assert answer.status_code == 302


def test_names_like_a_shops_that_is_not_verified_are_fine(
    shop: Shop, shopper: User, client_of: Any
) -> None:
    answer = client_of(shopper).post("/accounts/profile/", profile("Barro y Sal"))
    assert answer.status_code == 302


def test_whoever_had_the_name_before_can_still_change_the_rest(
    verified: Shop, shopper: User, client_of: Any
) -> None:
    User.objects.filter(pk=shopper.pk).update(name="Barro y Sal")
    answer = client_of(shopper).post("/accounts/profile/", profile("Barro y Sal"))
    assert answer.status_code == 302


@pytest.mark.parametrize("name", ["Trato Support", "Moderación", "S u p p o r t"])
def test_staff_may_have_an_official_name_and_others_may_not(
    name: str, moderator: User, shopper: User, client_of: Any
) -> None:
    answer = client_of(shopper).post("/accounts/profile/", profile(name))
    assert "This name sounds like ours" in answer.text
    answer = client_of(moderator).post("/accounts/profile/", profile(name))
    assert answer.status_code == 302
    assert set(User.objects.filter(name=name)) == {moderator}
    refused = client_of(moderator).post("/accounts/profile/", profile("Tra\u200bto"))
    assert refused.status_code == 400  # nobody can have an invisible name


def test_the_refusal_is_in_the_readers_language(verified: Shop) -> None:
    spanish = Client(headers={"accept-language": "es"})
    for name, words in (("Barro y Sal", "tienda verificada"), ("Soporte", "suena como el nuestro")):
        answer = spanish.post("/accounts/signup/", {**SIGN_UP, "name": name})
        assert words in answer.text, name
