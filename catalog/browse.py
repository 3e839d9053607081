"""The filters of the product list, read from the address.

Prices of different currencies cannot be compared. So a price range and sorting by price look at
one currency alone: the one that was chosen, or `DEFAULT_CURRENCY`, and the page says so.
"""

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import queries
from .models import Category, Product
from .money import decimals, to_minor

DEFAULT_CURRENCY = Product.Currency.EUR
MAX_PRICE = 1_000_000  # major units
SORTS = {"": _("Newest"), "price": _("Price: low to high"), "-price": _("Price: high to low")}


@dataclass(frozen=True)
class Chip:
    """A filter that is on: how it is named, and the address's query without it."""

    label: str
    without: str


class BrowseForm(forms.Form):
    """Search, category, price and order. What cannot be read is said and left out."""

    q = forms.CharField(label=_("Search"), max_length=100, required=False)
    category = forms.ModelChoiceField(
        Category.objects.all(),
        label=_("Category"),
        to_field_name="slug",
        required=False,
        empty_label=_("All categories"),
    )
    low = forms.DecimalField(
        label=_("Price from"), min_value=0, max_value=MAX_PRICE, decimal_places=2, required=False
    )
    high = forms.DecimalField(
        label=_("Price to"), min_value=0, max_value=MAX_PRICE, decimal_places=2, required=False
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=[("", _("Any currency")), *Product.Currency.choices],
        required=False,
    )
    sort = forms.ChoiceField(label=_("Order"), choices=list(SORTS.items()), required=False)

    def apply(self, products: QuerySet[Product]) -> QuerySet[Product]:
        """The products that fit all filters that could be read."""
        self.is_valid()
        wanted = self.cleaned_data
        products = queries.search(products, wanted.get("q", ""))
        if wanted.get("category"):
            products = products.filter(category=wanted["category"])
        low, high, sort = wanted.get("low"), wanted.get("high"), wanted.get("sort")
        currency = wanted.get("currency")
        if low is not None or high is not None or sort:
            currency = currency or DEFAULT_CURRENCY
        if currency:
            products = products.filter(currency=currency)
            if low is not None:
                products = products.filter(price__gte=_minor(low, currency))
            if high is not None:
                products = products.filter(price__lte=_minor(high, currency))
        return products.order_by(sort, "-id") if sort else products

    def chips(self) -> list[Chip]:
        """The filters that were read and are on, in the order of the form."""
        self.is_valid()
        wanted = self.cleaned_data
        labels = {
            "q": wanted.get("q"),
            "category": wanted.get("category"),
            "low": wanted.get("low") is not None
            and gettext("from %(price)s") % {"price": wanted["low"]},
            "high": wanted.get("high") is not None
            and gettext("up to %(price)s") % {"price": wanted["high"]},
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


def _minor(amount: Decimal, currency: str) -> int:
    """The bound in minor units, rounded to what the currency knows."""
    return to_minor(round(amount, decimals(currency)), currency)
