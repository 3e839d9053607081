"""Codes and keys of a second factor.

allauth answers 500 to a key's data that has another shape than a browser's, and takes the code with
which an app was set up once more. Both are private matters of `allauth.mfa` (tested with 65.21):
the names of the forms are its settings' own, `TOTP._mark_code_used` is not.
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

# What reading a stranger's bytes and their structure raises, in fido2, CBOR and allauth.
MALFORMED = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError,
    RecursionError, MemoryError, NotImplementedError, struct.error, binascii.Error,
    InvalidSignature, UnsupportedAlgorithm,
)  # fmt: skip


class KeyDataDecoder(json.JSONDecoder):
    """JSON that is nested too deeply, or has too long a number, is no JSON."""

    def decode(self, s: str, *args: Any) -> Any:
        try:
            return super().decode(s, *args)
        except (RecursionError, ValueError) as error:
            raise json.JSONDecodeError("unreadable", "", 0) from error


class ReadsKeyData(forms.Form):
    """A form whose key data may be anything: what cannot be read is a wrong key."""

    credential = forms.JSONField(widget=forms.HiddenInput, decoder=KeyDataDecoder)

    def clean_credential(self) -> Any:
        """Read the data of a key that proves itself."""
        credential = self.cleaned_data["credential"]
        if not isinstance(credential, dict):
            # allauth skips what is false, and would store it as somebody's new key.
            raise get_adapter().validation_error("incorrect_code")
        inherited = getattr(super(), "clean_credential", None)
        if inherited is None:
            return credential
        try:
            return inherited()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error

    def clean(self) -> Any:
        """Read the data of a key that is new."""
        try:
            return super().clean()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class AddKeyForm(ReadsKeyData, AddWebAuthnForm):
    """A new security key; allauth has no label for its name, and so none in Spanish."""

    name = forms.CharField(label=_("The key's name"), required=False, max_length=60)


class EditKeyForm(EditWebAuthnForm):
    """Another name for a security key."""

    name = forms.CharField(label=_("The key's name"), max_length=60)


class AuthenticateKeyForm(ReadsKeyData, AuthenticateWebAuthnForm):
    """A security key as the second factor of a login."""


class LoginKeyForm(ReadsKeyData, LoginWebAuthnForm):
    """A passkey instead of a password."""


class ReauthenticateKeyForm(ReadsKeyData, ReauthenticateWebAuthnForm):
    """A security key before what matters."""


class ActivateAppForm(AllauthActivateTOTPForm):
    """An app that makes codes. The one that proves it works is used up by that."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        if not TOTP(Authenticator(user=self.user))._mark_code_used(code):
            raise get_adapter().validation_error("incorrect_code")
        return code
