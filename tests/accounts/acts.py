"""Actions on people's own accounts, without a browser."""

import html
import re
import time
from typing import Any

import time_machine
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client

from accounts.models import User

PASSWORD = "trato-demo"
PERIOD = 30  # how long an app's code is valid


def prove(user: User) -> None:
    """Mark the person's address as confirmed."""
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def sign_up(client: Client, email: str, password: str) -> Any:
    form = {"name": "Nora Gil", "role": "consumer", "email": email, "password1": password}
    return client.post("/accounts/signup/", form)


def confirm(client: Client, address: EmailAddress | str) -> Any:
    """Open the link in the email and press the button."""
    if isinstance(address, str):
        address = EmailAddress.objects.get(email=address)
    path = f"/accounts/confirm-email/{EmailConfirmationHMAC(address).key}/"
    assert client.get(path).status_code == 200
    return client.post(path, follow=True)


def follow_link(client: Client) -> Any:
    """Follow the link in the latest email that has one."""
    links = [
        link
        for sent in mail.outbox
        for link in re.findall(r"http://shop.test(\S+/key/\S+)", str(sent.body))
    ]
    return client.get(html.unescape(links[-1]), follow=True)


def reauthenticate(client: Client) -> None:
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def set_up_app(client: Client) -> tuple[str, str]:
    """Set up an authenticator app; return its secret and the code that was used."""
    reauthenticate(client)
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    with time_machine.travel(time.time(), tick=False):  # a code may expire meanwhile
        code = code_of(secret)
        assert client.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302
    return secret, code


def code_of(secret: str) -> str:
    """Return the app's current code."""
    code: str = format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD))
    return code
