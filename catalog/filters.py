"""The product list's filters, parsed from the URL.

Prices in different currencies can't be compared. So a list filtered or sorted by price has products
in one currency only, the chosen one or `DEFAULT_CURRENCY`, and the page names it.
"""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import queries
from .forms import AmountField, read_amount
from .models import Category, Product
from .money import format_price

DEFAULT_CURRENCY = Product.Currency.EUR
SORTS = {"": _("Newest"), "price": _("Price: low to high"), "-price": _("Price: high to low")}


@dataclass(frozen=True)
class Chip:
    """An active filter: its name, and the query string that removes it."""

    label: str
    without: str


class BrowseForm(forms.Form):
    """Search, category, price and order. Invalid values are reported and ignored."""

    q = forms.CharField(label=_("Search"), max_length=100, required=False)
    category = forms.ModelChoiceField(
        Category.objects.all(),
        label=_("Category"),
        to_field_name="slug",
        required=False,
        empty_label=_("All categories"),
    )
    low = AmountField(label=_("Price from"), required=False)
    high = AmountField(label=_("Price to"), required=False)
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=[("", _("Any currency")), *Product.Currency.choices],
        required=False,
    )
    sort = forms.ChoiceField(label=_("Sort by"), choices=list(SORTS.items()), required=False)

    def clean(self) -> dict[str, Any]:
        """Convert prices to minor units of the chosen currency, or of `DEFAULT_CURRENCY`."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        currency = cleaned.get("currency") or DEFAULT_CURRENCY
        for name in ("low", "high"):
            text, cleaned[name] = cleaned.get(name), None
            if text:
                try:
                    cleaned[name] = read_amount(text, currency)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        return cleaned

    def apply(self, products: QuerySet[Product]) -> QuerySet[Product]:
        """Return the products that match all valid filters."""
        self.is_valid()
        wanted = self.cleaned_data
        products = queries.search(products, wanted.get("q", ""))
        if wanted.get("category"):
            products = products.filter(category=wanted["category"])
        low, high, sort = wanted.get("low"), wanted.get("high"), wanted.get("sort")
        currency = wanted.get("currency")
        if sort or low is not None or high is not None:
            currency = currency or DEFAULT_CURRENCY
        if currency:
            products = products.filter(currency=currency)
        if low is not None:
            products = products.filter(price__gte=low)
        if high is not None:
            products = products.filter(price__lte=high)
        return products.order_by(sort, "-id") if sort else products

    def chips(self) -> list[Chip]:
        """Return the valid filters that are active, in the order of the form."""
        self.is_valid()
        wanted = self.cleaned_data
        currency = wanted.get("currency") or DEFAULT_CURRENCY
        labels = {
            "q": wanted.get("q"),
            "category": wanted.get("category"),
            "low": wanted.get("low") is not None
            and gettext("from %(price)s") % {"price": format_price(wanted["low"], currency)},
            "high": wanted.get("high") is not None
            and gettext("up to %(price)s") % {"price": format_price(wanted["high"], currency)},
            "currency": wanted.get("currency"),
            "sort": wanted.get("sort") and SORTS[wanted["sort"]],
        }
        return [Chip(str(label), self._without(name)) for name, label in labels.items() if label]

    def _without(self, name: str) -> str:
        rest = QueryDict(mutable=True)
        for other in self.fields:
            if other != name and self.data.get(other):
                rest[other] = self.data[other]
        return rest.urlencode()
