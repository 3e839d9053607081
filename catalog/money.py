"""Amounts of money: whole numbers of a currency's minor units, written per language."""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency, get_currency_precision
from django.utils.translation import get_language


def to_major(amount: int, currency: str) -> Decimal:
    """`1250` EUR cents as `Decimal("12.50")`; yen, which have no cents, stay as they are."""
    return Decimal(amount).scaleb(-decimals(currency))


def to_minor(amount: Decimal, currency: str) -> int:
    """`Decimal("12.50")` EUR as `1250` cents; `numbers.read_number` allows no more decimals."""
    return int(amount.scaleb(decimals(currency)))


def decimals(currency: str) -> int:
    """How many decimals prices have in a currency: 2 for EUR, 0 for JPY."""
    return int(get_currency_precision(currency))


def format_price(amount: int, currency: str) -> str:
    """An amount in minor units as the reader's language writes it: `€12.50`, `12,50 €`."""
    return _price_in(get_language() or "en", amount, currency)


@lru_cache(maxsize=5000)  # writing one takes longer than all else of a product's card
def _price_in(language: str, amount: int, currency: str) -> str:
    locale = language.replace("-", "_")
    return format_currency(to_major(amount, currency), currency, locale=locale)
