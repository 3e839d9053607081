"""Sign-up with a shop. It is in catalog because accounts doesn't know about shops."""

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.views import SignupView as PersonSignupView
from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import throttle
from accounts.forms import SignupForm as PersonSignupForm
from accounts.models import User
from trato import after_login

from . import invitation_links, teams
from .forms import ShopNameField
from .models import NAME_TAKEN


class TakenMeanwhile(Exception):
    """Somebody else took the shop's name after it was validated; the form reports it."""


class SignupForm(PersonSignupForm):
    """Create an account and, for a seller, the shop in the same step."""

    shop_name = ShopNameField(
        label=_("Your shop's name"), required=False, help_text=_("You can change it later.")
    )
    field_order = ("role", "name", "shop_name", "email", "password1")
    account_already_exists: bool

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("role") == User.Role.CONSUMER:
            self.errors.pop("shop_name", None)  # shoppers don't see this field
        elif self.errors.get("shop_name") and self._first_click():
            del self.errors["shop_name"]  # this same sign-up has taken the name
        elif cleaned.get("shop_name") == "":
            self.add_error("shop_name", forms.ValidationError(_("Name your shop."), "required"))
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Create the account. A second click on the button returns the first click's account."""
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
        """Return the account that the same form has just created, if there is one."""
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
    """allauth's view, also for people who come to open a shop (`?role=seller`).

    If two people choose the same shop name at the same time, the second one sees an error in the
    form.
    """

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_initial()
        if self.request.GET.get("role") in User.Role.values:
            initial["role"] = self.request.GET["role"]
        if invitation := invitation_links.open_invitation(self.request):
            initial["email"] = invitation.email
        return initial

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "invitation": invitation_links.open_invitation(self.request)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not throttle.take_signup(request):
            return throttle.too_often(request)
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def get_authenticated_redirect_url(self) -> str:
        """Send people who already have an account to the form that only opens a shop."""
        if self.request.GET.get("role") == User.Role.SELLER:
            return reverse("catalog:open_shop")
        return str(super().get_authenticated_redirect_url())

    def form_valid(self, form: SignupForm) -> HttpResponse:
        is_seller = form.cleaned_data["role"] == User.Role.SELLER
        if starts_here := is_seller and not after_login.address(self.request):
            after_login.remember(self.request, reverse("catalog:my_products"))
        try:
            return super().form_valid(form)
        except TakenMeanwhile:
            if starts_here:
                after_login.forget(self.request)
            return self.form_invalid(form)
