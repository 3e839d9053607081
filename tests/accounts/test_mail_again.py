"""Asking for another email: the site sends it, or the page says why not."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from accounts.models import User
from trato import cache

pytestmark = pytest.mark.django_db

TOO_SOON = "just sent you an email."


def test_a_mail_that_is_asked_for_again_is_sent_or_it_is_said_that_it_is_too_soon(
    shopper: User, client_of: Any
) -> None:
    EmailAddress.objects.create(user=shopper, email=shopper.email, verified=True, primary=True)
    EmailAddress.objects.create(user=shopper, email="new@example.com")
    client = client_of(shopper)
    again = {"email": "new@example.com", "action_send": ""}

    page = client.post("/accounts/email/", again, follow=True).text
    assert "Confirmation email sent to new@example.com" in page
    assert TOO_SOON not in page
    assert [message.to for message in mail.outbox] == [["new@example.com"]]

    page = client.post("/accounts/email/", again, follow=True).text
    assert TOO_SOON in page
    assert len(mail.outbox) == 1

    cache.reset()  # as if some minutes had passed
    assert TOO_SOON not in client.post("/accounts/email/", again, follow=True).text
    assert len(mail.outbox) == 2
