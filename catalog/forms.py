"""Forms for shops, products and team members."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from trato.images.forms import decode
from trato.images.queue import Uploader
from trato.images.sanitize import Picture
from trato.names import validate_public_name
from trato.text import validate_name

from .actions import require_room_for_pictures
from .fingerprint_forms import FingerprintForm
from .models import MAX_STOCK, NAME_TAKEN, PRICE_TOO_LOW, Product, Shop, ShopMember
from .money import decimals, to_major, to_minor
from .numbers import read_number, write_number

MAX_PRICE = 1_000_000  # major units


class ShopNameField(forms.CharField):
    """A name that no other shop has or resembles."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=60, validators=[validate_public_name], **kwargs)

    def clean(self, value: Any) -> str:
        name: str = super().clean(value)
        if name and Shop.resembling(name).exists():
            raise ValidationError(NAME_TAKEN, code="taken")
        return name


class OpenShopForm(forms.Form):
    """Open a shop, which makes a shopper a seller."""

    name = ShopNameField(label=_("Your shop's name"))


class RoleForm(forms.Form):
    """Choose what a person may do in the shop."""

    role = forms.ChoiceField(
        label=_("What can they do?"),
        choices=[
            (ShopMember.Role.AGENT, _("Agent: answers conversations and manages products")),
            (ShopMember.Role.OWNER, _("Owner: also manages the team and the shop's settings")),
        ],
        widget=forms.RadioSelect,
        initial=ShopMember.Role.AGENT,
    )


class InvitationForm(RoleForm):
    """Invite somebody to the shop's team."""

    email = forms.EmailField(
        label=_("Your colleague's email"), widget=forms.EmailInput({"autocomplete": "off"})
    )
    field_order = ("email", "role")


class PicturesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several uploaded pictures, not yet decoded."""

    # This makes phones offer their photos, and convert them from other formats.
    widget = PicturesInput(attrs={"accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        uploads: list[UploadedFile[bytes]] = [one for one in data or [] if one]
        require_room_for_pictures(len(uploads))
        return uploads


class StockField(forms.CharField):
    """A number in digits. A browser's number field would drop unexpected characters."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def clean(self, value: Any) -> int:
        return int(read_number(super().clean(value), 0, MAX_STOCK))


class AmountField(forms.CharField):
    """An amount of money as text; the form, which knows the currency, parses it."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


def read_amount(text: str, currency: str) -> int:
    """Parse an amount into minor units. Raises ValidationError with a message for the person."""
    marks = "|".join(map(re.escape, Product.Currency(currency).label.split()))
    bare = re.sub(rf"^\s*(?:{marks})|(?:{marks})\s*$", "", text, flags=re.IGNORECASE)
    return to_minor(read_number(bare, decimals(currency), MAX_PRICE), currency)


class PictureForm(forms.Form):
    """The description of a picture, for people who can't see it."""

    alt = forms.CharField(max_length=160, validators=[validate_name])


class ProductForm(FingerprintForm[Product]):
    """A product; the price is entered in major units and stored in minor ones.

    Args:
        shops: the shops that the person works for.
        uploader: the person who uploads the pictures.
        kept: the number of pictures kept from an earlier attempt.
    """

    amount = AmountField(label=_("Price"))
    stock = StockField(label=_("In stock"))
    pictures = PicturesField(
        label=_("Add pictures"),
        required=False,
        help_text=_("JPEG, PNG or WebP, up to 10 MB each. We remove the location from photos."),
    )

    class Meta:
        model = Product
        fields = ("shop", "title", "category", "description", "currency")

    field_order = ("shop", "title", "category", "amount", "currency", "stock", "description")

    def __init__(
        self, *args: Any, shops: QuerySet[Shop], uploader: Uploader, kept: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.uploader, self.kept = uploader, kept
        self.sound_pictures: list[Picture] = []
        self.fields["description"].widget.attrs["rows"] = 6
        shop = self.fields["shop"]
        if isinstance(shop, forms.ModelChoiceField):
            shop.queryset = shops
            shop.label, shop.empty_label = _("Shop"), None
            own = list(shops[:2])
            if len(own) == 1:
                self.initial["shop"], shop.widget = own[0].pk, forms.HiddenInput()
        category = self.fields["category"]
        if isinstance(category, forms.ModelChoiceField):
            category.empty_label = _("Choose a category")
        product = self.instance
        self.fields["stock"].initial = write_number(product.stock)
        if product.pk:
            self.fields["amount"].initial = _amount(product)

    def clean_pictures(self) -> list[Picture]:
        """Refuse too many pictures, counting existing and kept ones."""
        uploads = self.cleaned_data["pictures"]
        if not uploads:
            return []
        has = self.instance.images.count() if self.instance.pk else 0
        require_room_for_pictures(has + self.kept + len(uploads))
        given = decode(uploads, self.uploader)
        self.sound_pictures = [one for one in given if isinstance(one, Picture)]
        if wrong := [one for one in given if isinstance(one, ValidationError)]:
            raise ValidationError(wrong)
        return self.sound_pictures

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        text, currency = cleaned.get("amount"), cleaned.get("currency")
        if text and currency:
            try:
                cleaned["price"] = read_amount(text, currency)
                if cleaned["price"] == 0:
                    raise ValidationError(PRICE_TOO_LOW, "too_low")
            except ValidationError as error:
                self.add_error("amount", error)
        return cleaned

    def shown(self, row: Product, column: str) -> tuple[str, str]:
        return ("amount", _amount(row)) if column == "price" else super().shown(row, column)


def _amount(product: Product) -> str:
    """Format a product's price for its form."""
    amount = to_major(product.price, product.currency)
    return write_number(amount, decimals(product.currency))
