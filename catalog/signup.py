"""Sign-up with a shop. It is in catalog because accounts doesn't know about shops."""

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.views import SignupView as PersonSignupView
from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import SignupForm as PersonSignupForm
from accounts.models import User

from . import teams
from .forms import ShopNameField
from .models import NAME_TAKEN


class TakenMeanwhile(Exception):
    """Somebody else took the shop's name after it was validated; the form reports it."""


class SignupForm(PersonSignupForm):
    """Create an account and, for a seller, the shop in the same step."""

    shop_name = ShopNameField(label=_("Your shop's name"), required=False)
    field_order = ("role", "name", "shop_name", "email", "password1")
    account_already_exists: bool

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self.errors.get("shop_name") and self._first_click():
            del self._errors["shop_name"]  # the name is taken by this very sign-up
        elif cleaned.get("role") == User.Role.SELLER and not cleaned.get("shop_name"):
            self.add_error("shop_name", forms.ValidationError(_("Name your shop."), "required"))
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Create the account; a second click on the button finds the first one's account."""
        if self.account_already_exists and (user := self._first_click()):
            return user, None
        try:
            with transaction.atomic():
                user, response = super().try_save(request)
        except (IntegrityError, forms.ValidationError) as error:
            if user := self._first_click():
                return user, None
            if not User.objects.filter(email__iexact=self.cleaned_data["email"]).exists():
                self.add_error("shop_name", forms.ValidationError(NAME_TAKEN, "taken"))
                raise TakenMeanwhile from error
            self.account_already_exists = True
            user, response = super().try_save(request)
        return user, response

    def _first_click(self) -> User | None:
        """Return the account that the same form has created just before."""
        data = getattr(self, "cleaned_data", {})
        recently = timezone.now() - timedelta(seconds=settings.SIGNUP_REPEAT_SECONDS)
        user = User.objects.filter(
            email__iexact=data.get("email", ""), date_joined__gt=recently
        ).first()
        if user is None or not user.check_password(data.get("password1", "")):
            return None
        is_confirmed = EmailAddress.objects.filter(user=user, verified=True).exists()
        return None if is_confirmed else user

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        super().custom_signup(request, user)
        if user.is_seller:
            teams.open_shop(user, self.cleaned_data["shop_name"])


class SignupView(PersonSignupView):
    """allauth's view, prepared for two people who want the same shop name at once."""

    def form_valid(self, form: SignupForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except TakenMeanwhile:
            return self.form_invalid(form)
