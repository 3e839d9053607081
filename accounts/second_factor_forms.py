"""Forms for a second factor's codes and keys.

allauth responds with 500 if a key's data is malformed, and accepts a second time the code with
which an app was set up. The fixes rely on `allauth.mfa` (tested with 65.21): the form names are in
its settings, but `TOTP._mark_code_used` is private.
"""

import binascii
import json
import struct
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django import forms
from django.utils.translation import gettext_lazy as _

# Exceptions that fido2, CBOR and allauth raise for malformed data.
MALFORMED = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError,
    RecursionError, MemoryError, NotImplementedError, struct.error, binascii.Error,
    InvalidSignature, UnsupportedAlgorithm,
)  # fmt: skip


class KeyDataDecoder(json.JSONDecoder):
    """Reports JSON that is nested too deeply, or has too long a number, as invalid JSON."""

    def decode(self, s: str, *args: Any) -> Any:
        try:
            return super().decode(s, *args)
        except (RecursionError, ValueError) as error:
            raise json.JSONDecodeError("unreadable", "", 0) from error


class ReadsKeyData(forms.Form):
    """A form with a key's data; malformed data counts as a wrong key."""

    credential = forms.JSONField(widget=forms.HiddenInput, decoder=KeyDataDecoder)

    def clean_credential(self) -> Any:
        """Read the data of a key used for authentication."""
        credential = self.cleaned_data["credential"]
        if not isinstance(credential, dict):
            # allauth skips empty data, and would store it as a new key.
            raise get_adapter().validation_error("incorrect_code")
        inherited = getattr(super(), "clean_credential", None)
        if inherited is None:
            return credential
        try:
            return inherited()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error

    def clean(self) -> Any:
        """Read the data of a new key."""
        try:
            return super().clean()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class AddKeyForm(ReadsKeyData, AddWebAuthnForm):
    """Add a security key. allauth's form has no label for the name, and so no translation."""

    name = forms.CharField(label=_("The key's name"), required=False, max_length=60)


class EditKeyForm(EditWebAuthnForm):
    """Rename a security key."""

    name = forms.CharField(label=_("The key's name"), max_length=60)


class AuthenticateKeyForm(ReadsKeyData, AuthenticateWebAuthnForm):
    """Authenticate with a security key as the second factor of a login."""


class LoginKeyForm(ReadsKeyData, LoginWebAuthnForm):
    """Log in with a passkey instead of a password."""


class ReauthenticateKeyForm(ReadsKeyData, ReauthenticateWebAuthnForm):
    """Authenticate again with a security key before a sensitive change."""


class ActivateAppForm(AllauthActivateTOTPForm):
    """Set up an app that generates codes. The code that proves it works can't be used again."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        if not TOTP(Authenticator(user=self.user))._mark_code_used(code):
            raise get_adapter().validation_error("incorrect_code")
        return code
