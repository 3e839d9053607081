"""Sign-up with a shop: it lives here because accounts knows no shops."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.forms import SignupForm as PersonSignupForm
from accounts.models import User

from . import actions
from .forms import ShopNameField


class SignupForm(PersonSignupForm):
    """An account and, for a seller, the shop in the same step."""

    shop_name = ShopNameField(
        label=_("Your shop's name"), required=False, help_text=_("Only if you sell.")
    )
    field_order = ("role", "name", "shop_name", "email", "password1")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("role") == User.Role.SELLER and not cleaned.get("shop_name"):
            self.add_error("shop_name", forms.ValidationError(_("Name your shop."), "required"))
        return cleaned

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        super().custom_signup(request, user)
        if user.is_seller:
            actions.open_shop(user, self.cleaned_data["shop_name"])
