"""Numbers as people write them: parsed as they are meant, or refused; never misread."""

from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any

import pytest
from babel.numbers import NumberFormatError, format_currency, format_decimal, parse_decimal
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as some

from accounts.models import User
from catalog.forms import read_amount
from catalog.models import Category, Product, Shop
from catalog.money import decimals, to_major
from catalog.numbers import read_number, write_number

LANGUAGES = ["en", "es"]
CURRENCIES = list(Product.Currency.values)
MAXIMUM = 10**30


def reading(text: str, decimals: int = 2) -> Decimal | str:
    """Return the number, or the code of the refusal."""
    try:
        return read_number(text, decimals, MAXIMUM)
    except ValidationError as error:
        return str(error.code)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"), ("12,50", "12.50"), ("12.50", "12.50"), ("12,5", "12.5"), (" 7 ", "7"),
        ("0,99", "0.99"), (",50", "0.50"), (".5", "0.5"), ("0", "0"),
        ("1.250,00", "1250"), ("1,250.00", "1250"), ("1.250,5", "1250.5"), ("1 250", "1250"),
        ("1\u00a0250,50", "1250.5"), ("12\u202f345", "12345"), ("1'250.50", "1250.5"),
        ("1,000,000", "1000000"), ("1.000.000", "1000000"), ("1250", "1250"),
    ],
)  # fmt: skip
def test_what_has_one_meaning_is_read(text: str, number: str) -> None:
    assert reading(text) == Decimal(number)


@pytest.mark.parametrize("text", ["1.250", "1,250", "12.505", "999,999"])
def test_what_has_two_meanings_is_refused_with_both_ways_out(text: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        read_number(text, 2, MAXIMUM)
    assert refusal.value.code == "ambiguous"
    assert text.replace(".", "").replace(",", "") in refusal.value.messages[0]
    assert reading(text, 0) == Decimal(text.replace(".", "").replace(",", ""))  # yen have no cents


@pytest.mark.parametrize(
    "text",
    [
        "", "-1", "+1", "1e3", "NaN", "inf", "12,", "12.", ",", ".", "1.2.3", "1,25,000",
        "12.50.00",
        "1 25", "1..5", "1.250.00", "0.125", "12,505,5", "1²", "½", "١٢", "0x10", "12 €", "1_000",
        "1.250,000", "9" * 31, "1,250,00",
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(text: str) -> None:
    assert isinstance(reading(text), str)


@given(some.integers(0, 1_000_000), some.sampled_from(CURRENCIES), some.sampled_from(LANGUAGES))
def test_a_price_as_either_language_writes_it_stays_itself(
    price: int, currency: str, language: str
) -> None:
    amount = to_major(price, currency)
    with translation.override(language):
        own = write_number(amount, decimals(currency))
        grouped = format_decimal(amount, locale=language, decimal_quantization=False)
        assert read_amount(own, currency) == price
        for text in (grouped, format_currency(amount, currency, locale=language)):
            with suppress(ValidationError):  # another currency's notation, or two meanings
                assert read_amount(text, currency) == price


@given(some.text("0123456789.,' \u00a0", max_size=12))
@example("1.250")
@example("1,25")
def test_no_number_is_one_that_neither_language_reads(text: str) -> None:
    number = reading(text)
    plain = text.strip().replace("'", "").replace(" ", "").replace("\u00a0", "")
    plain = f"0{plain}" if plain[:1] in (".", ",") else plain
    if isinstance(number, str):
        return
    assert number in readings(plain, strict=False)
    assert len(readings(plain, strict=True)) < 2


def readings(text: str, *, strict: bool) -> set[Decimal]:
    """Return what a text means in each language. A strict language has groups of three digits."""
    numbers = set()
    for language in LANGUAGES:
        with suppress(NumberFormatError, InvalidOperation):
            numbers.add(parse_decimal(text, locale=language, strict=strict))
    return numbers


@given(some.text(max_size=40), some.integers(0, 2))
def test_any_text_is_a_number_or_refused_in_words(text: str, decimals: int) -> None:
    number = reading(text, decimals)
    assert isinstance(number, str) or number >= 0


@pytest.fixture
def category(product: Product) -> Category:
    return product.category


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("amount", "currency", "price"),
    [
        ("12,50", "EUR", 1250), ("12.50", "EUR", 1250), ("12,50 €", "EUR", 1250),
        ("€12.50", "EUR", 1250), ("EUR 12,5", "EUR", 1250), ("1.250,00", "EUR", 125000),
        ("1,250", "JPY", 1250), ("$ 12.50", "USD", 1250),
        ("1.250", "EUR", None), ("1,250", "USD", None), ("12,50", "JPY", None),
        ("$12.50", "EUR", None), ("1000001", "EUR", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_product_has_the_price_that_was_meant_or_none(
    amount: str, currency: str, price: int | None, language: str,
    shop: Shop, category: Category, seller: User, client_of: Any,
) -> None:  # fmt: skip
    form = {
        "shop": shop.pk, "title": "Vase", "category": category.pk, "description": "",
        "currency": currency, "amount": amount, "stock": "1.000",
    }  # fmt: skip
    answer = client_of(seller).post(
        "/my/products/new/", form, headers={"accept-language": language}
    )
    made = Product.objects.filter(title="Vase").first()
    assert (made and (made.price, made.stock)) == (price and (price, 1000))
    if price is None:
        assert answer.status_code == 400
        assert f'value="{amount}"' in answer.text


@pytest.mark.django_db
@pytest.mark.parametrize("stock", ["1,5", "1.5", "-1", "x", "100001", ""])
def test_a_stock_that_is_none_is_refused(
    stock: str, shop: Shop, category: Category, seller: User, client_of: Any
) -> None:
    form = {
        "shop": shop.pk, "title": "Vase", "category": category.pk, "description": "",
        "currency": "EUR", "amount": "1", "stock": stock,
    }  # fmt: skip
    assert client_of(seller).post("/my/products/new/", form).status_code == 400
    assert not Product.objects.filter(title="Vase").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["24,50", "24.50", "24,5 €"])
def test_the_price_filter_reads_either_language(
    text: str, product: Product, client_of: Any
) -> None:
    address = product.get_absolute_url()
    for name in ("low", "high"):
        assert address in client_of(None).get("/products/", {name: text}).text
    assert address not in client_of(None).get("/products/", {"low": "24,51"}).text
    assert address not in client_of(None).get("/products/", {"high": "24.49"}).text


@pytest.mark.django_db
def test_the_price_filter_says_what_it_cannot_read(product: Product, client_of: Any) -> None:
    page = client_of(None).get("/products/", {"high": "1.250"}).text
    assert "can be read in two ways" in page
    assert product.get_absolute_url() in page


@pytest.mark.django_db
def test_no_form_has_a_number_field_of_the_browser(
    product: Product, seller: User, client_of: Any
) -> None:
    from accounts.factories import UserFactory

    chief = UserFactory(staff=True, is_superuser=True)
    for person, address in (
        (seller, "/my/products/new/"),
        (seller, f"/my/products/{product.slug}/"),
        (None, "/products/"),
        (chief, f"/admin/catalog/product/{product.pk}/change/"),
    ):
        page = client_of(person).get(address).text
        assert 'inputmode="' in page, address
        assert 'type="number"' not in page, address
    client = client_of(chief)
    for model in admin.site._registry:
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/add/"
        assert 'type="number"' not in client.get(address).text, address
