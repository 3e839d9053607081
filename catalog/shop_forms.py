"""The form of a shop's settings."""

import re
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from trato import time_zones
from trato.names import is_reserved

from .fingerprint_forms import FingerprintForm
from .models import SLUG_TAKEN, Shop

PLAIN_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class ShopForm(FingerprintForm[Shop]):
    """A shop's settings, which its owner changes.

    Args:
        place: the absolute URL under which shops have their pages.
    """

    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Shoppers see your local time.")
    )

    class Meta:
        model = Shop
        fields = ("name", "city", "description", "slug", "time_zone")
        labels: ClassVar[dict[str, Any]] = {
            "name": _("Your shop's name"),
            "city": _("City"),
            "description": _("About your shop"),
            "slug": _("Address of your shop's page"),
        }
        error_messages: ClassVar[dict[str, Any]] = {
            "slug": {"invalid": _("Use only lowercase letters, digits and hyphens.")},
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "description": _(
                "Who you are, what you make and how. Shoppers read it on your shop's page."
            ),
        }

    def __init__(self, *args: Any, place: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["description"].widget.attrs["rows"] = 6
        self.fields["slug"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
        self.fields["slug"].help_text = _(
            "The part after %(place)s: lowercase letters, digits and hyphens. If you change it, "
            "links to the old address keep working."
        ) % {"place": place}
        zone = self.fields["time_zone"]
        if isinstance(zone, forms.ChoiceField):
            zone.choices = time_zones.choices(self.instance.time_zone)

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"]).lower()
        if slug == self.instance.slug:
            return slug
        if not PLAIN_SLUG.fullmatch(slug):  # `barro_y_sal`, `barro--y-sal` resemble other slugs
            raise ValidationError(self.fields["slug"].error_messages["invalid"], "invalid")
        if slug in settings.RESERVED_SHOP_SLUGS or is_reserved(slug):
            raise ValidationError(_("This address is ours. Choose another one."), "reserved")
        if Shop.objects.filter(slug=slug).exclude(pk=self.instance.pk).exists():
            raise ValidationError(SLUG_TAKEN, "taken")
        return slug
