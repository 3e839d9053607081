"""Sign-up, passwords and profile."""

from typing import Any, ClassVar

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.forms import ResetPasswordKeyForm as AllauthResetPasswordKeyForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.core import context
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from trato import time_zones
from trato.names import validate_public_name, validate_unclaimed

from . import email_addresses, throttle
from .models import User

ROLES = [(User.Role.CONSUMER, _("I'm here to shop")), (User.Role.SELLER, _("I want to sell"))]


class WithoutPlaceholders(forms.BaseForm):
    """Omits allauth's placeholders, which repeat the labels."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class LoginForm(WithoutPlaceholders, AllauthLoginForm):
    """Log in with an address and a password."""


class ReauthenticateForm(WithoutPlaceholders, AllauthReauthenticateForm):
    """Enter the password again."""


class ResetPasswordKeyForm(WithoutPlaceholders, AllauthResetPasswordKeyForm):
    """Choose a password with the link from an email."""


class SignupForm(WithoutPlaceholders, AllauthSignupForm):
    """Create an account with a name and a role."""

    role = forms.ChoiceField(
        label=_("What brings you here?"),
        choices=ROLES,
        widget=forms.RadioSelect,
        initial=User.Role.CONSUMER,
    )
    name = forms.CharField(
        label=_("Display name"), max_length=60, validators=[validate_public_name]
    )

    field_order: tuple[str, ...] = ("role", "name", "email", "password1")

    def validate_unique_email(self, value: str) -> str:
        """Check whether an account has the address; unconfirmed requests for it don't count."""
        if not email_addresses.is_taken(value):
            return value
        return super().validate_unique_email(value)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        validate_unclaimed(name, None)
        return name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not throttle.take_stranger_mail(context.request, look_only=True):
            raise forms.ValidationError(
                _("So many people are signing up that we can't send more emails. Try again later."),
                "too_many_mails",
            )
        return cleaned

    def try_save(self, request: HttpRequest) -> Any:
        """Take as long for a known address as for a new one, so that timing reveals nothing."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        """Complete the new account. allauth calls this before it sends its signals."""
        user.name = self.cleaned_data["name"]
        user.role = self.cleaned_data["role"]
        user.save(update_fields=["name", "role"])


class ResetPasswordForm(WithoutPlaceholders, AllauthResetPasswordForm):
    """Email somebody who forgot the password, but only at an address that the account owns."""

    users: list[User]

    def clean_email(self) -> str:
        email: str = super().clean_email()
        # allauth also finds accounts that have only requested to change to the address.
        self.users = [user for user in self.users if email_addresses.is_own(user, email)]
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send no more emails than anybody can use. The link in the last one still works."""
        email: str = self.cleaned_data["email"]
        if throttle.take_password_mail(request, email):
            super().save(request, **kwargs)
        return email


class ChangePasswordForm(WithoutPlaceholders, AllauthChangePasswordForm):
    """Change the password; asks for the old one, with the usual limit on attempts."""

    def clean_oldpassword(self) -> str:
        password: str = self.cleaned_data.get("oldpassword", "")
        adapter = get_adapter()
        if not adapter.reauthenticate(self.user, password):
            raise adapter.validation_error("enter_current_password")
        return password


class ProfileForm(forms.ModelForm[User]):
    """A person's public name, language and time zone."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("For times on pages and in emails."),
    )

    class Meta:
        model = User
        fields = ("name", "language", "time_zone")
        labels: ClassVar[dict[str, Any]] = {"name": _("Display name"), "language": _("Language")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [
            (code, translation.get_language_info(code)["name_local"])
            for code, _name in settings.LANGUAGES
        ]
        language, zone = self.fields["language"], self.fields["time_zone"]
        if isinstance(language, forms.ChoiceField) and isinstance(zone, forms.ChoiceField):
            language.choices = [(code, name.capitalize()) for code, name in names]
            language.required = False  # a page may be older than the field
            zones = time_zones.choices(self.instance.time_zone or "UTC")
            zone.choices = [("", _("My device's time zone")), *zones]
        self.initial["language"] = self.instance.language or translation.get_language()

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if "name" in self.changed_data and not self.instance.is_staff:
            validate_unclaimed(name, self.instance.pk)
        return name

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or self.initial["language"]


class DeletionForm(forms.Form):
    """The last question before an account is deleted."""

    sure = forms.BooleanField(
        label=_("I understand that this can't be undone."),
        error_messages={"required": _("Tick the box to delete your account.")},
    )
