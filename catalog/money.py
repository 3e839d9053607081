"""Amounts of money: integers in a currency's minor units, formatted for each language."""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency, get_currency_precision
from django.utils.translation import get_language


def to_major(amount: int, currency: str) -> Decimal:
    """Convert `1250` EUR cents to `Decimal("12.50")`; yen have no cents and stay the same."""
    return Decimal(amount).scaleb(-decimals(currency))


def to_minor(amount: Decimal, currency: str) -> int:
    """Convert `Decimal("12.50")` EUR to `1250` cents; `numbers.read_number` limits the decimals."""
    return int(amount.scaleb(decimals(currency)))


def decimals(currency: str) -> int:
    """Return the number of decimals in a currency: 2 for EUR, 0 for JPY."""
    return int(get_currency_precision(currency))


def format_price(amount: int, currency: str) -> str:
    """Format an amount in minor units in the reader's language: `€12.50`, `12,50 €`."""
    return _price_in(get_language() or "en", amount, currency)


@lru_cache(maxsize=5000)  # this takes longer than everything else on a product's card
def _price_in(language: str, amount: int, currency: str) -> str:
    locale = language.replace("-", "_")
    return format_currency(to_major(amount, currency), currency, locale=locale)
