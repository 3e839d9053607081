"""Sign-up, profile and the names of security keys."""

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .models import User
from .names import validate_public_name

ROLES = [
    (User.Role.CONSUMER, _("I shop – ask sellers about what they make, and keep the answers.")),
    (User.Role.SELLER, _("I sell – open a shop and answer its shoppers.")),
]


class SignupForm(AllauthSignupForm):
    """An account with a name and a role."""

    role = forms.ChoiceField(
        label=_("What brings you here?"),
        choices=ROLES,
        widget=forms.RadioSelect,
        initial=User.Role.CONSUMER,
    )
    name = forms.CharField(
        label=_("Your name, as others see it"), max_length=60, validators=[validate_public_name]
    )

    field_order: tuple[str, ...] = ("role", "name", "email", "password1")

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth with the new account, before it is told to anybody."""
        user.name = self.cleaned_data["name"]
        user.role = self.cleaned_data["role"]
        user.save(update_fields=["name", "role"])


class ProfileForm(forms.ModelForm[User]):
    """What others see of a person."""

    class Meta:
        model = User
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Your name, as others see it")


class AddKeyForm(AddWebAuthnForm):
    """A new security key; allauth has no label for its name, and so none in Spanish."""

    name = forms.CharField(label=_("The key's name"), required=False)


class EditKeyForm(EditWebAuthnForm):
    """Another name for a security key."""

    name = forms.CharField(label=_("The key's name"))
