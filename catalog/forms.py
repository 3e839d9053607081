"""A shop's name, a product, a colleague."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import skeleton, validate_public_name
from accounts.text import validate_name

from .images import Picture, sanitize
from .models import NAME_TAKEN, Product, Shop
from .money import to_major, to_minor


class ShopNameField(forms.CharField):
    """A name that no other shop has, nor one that looks like it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=60, validators=[validate_public_name], **kwargs)

    def clean(self, value: Any) -> str:
        name: str = super().clean(value)
        if name and Shop.objects.filter(name_skeleton=skeleton(name)).exists():
            raise ValidationError(NAME_TAKEN, code="taken")
        return name


class OpenShopForm(forms.Form):
    """What a shopper says to become a seller."""

    name = ShopNameField(label=_("Your shop's name"))


class MemberForm(forms.Form):
    """Whom to let answer for the shop."""

    email = forms.EmailField(label=_("Your colleague's e-mail address"))


class PicturesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several pictures at once; each is checked and encoded anew."""

    widget = PicturesInput

    def clean(self, data: Any, initial: Any = None) -> list[Picture]:
        uploads: list[UploadedFile[bytes]] = [one for one in data or [] if one]
        _check_count(len(uploads))
        return [sanitize(upload) for upload in uploads]


def _check_count(count: int) -> None:
    if count > settings.PRODUCT_MAX_IMAGES:
        raise ValidationError(
            gettext("At most %(limit)d pictures.") % {"limit": settings.PRODUCT_MAX_IMAGES}
        )


class PictureForm(forms.Form):
    """What a picture shows, for those who cannot see it."""

    alt = forms.CharField(max_length=160, validators=[validate_name])


class ProductForm(forms.ModelForm[Product]):
    """A product; the price is written in major units and stored in minor ones."""

    amount = forms.DecimalField(label=_("Price"), min_value=0, max_value=1_000_000)
    pictures = PicturesField(
        label=_("Add pictures"),
        required=False,
        help_text=_("JPEG, PNG or WebP, at most 10 MB each. Where a photo was taken is removed."),
    )

    class Meta:
        model = Product
        fields = ("shop", "title", "category", "description", "currency", "stock")

    field_order = ("shop", "title", "category", "amount", "currency", "stock", "description")

    def __init__(self, *args: Any, shops: QuerySet[Shop], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["description"].widget.attrs["rows"] = 6
        shop = self.fields["shop"]
        if isinstance(shop, forms.ModelChoiceField):
            shop.queryset = shops
            shop.label, shop.empty_label = _("Shop"), None
        category = self.fields["category"]
        if isinstance(category, forms.ModelChoiceField):
            category.empty_label = _("Choose a category")
        if self.instance.pk:
            self.fields["amount"].initial = to_major(self.instance.price, self.instance.currency)

    def clean_pictures(self) -> list[Picture]:
        """No more pictures than a product may have, counting those that it has."""
        pictures: list[Picture] = self.cleaned_data["pictures"]
        if pictures and self.instance.pk:
            _check_count(self.instance.images.count() + len(pictures))
        return pictures

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        amount, currency = cleaned.get("amount"), cleaned.get("currency")
        if isinstance(amount, Decimal) and currency:
            try:
                self.instance.price = to_minor(amount, currency)
            except ValueError:
                self.add_error("amount", _("That is more decimals than the currency has."))
        return cleaned
