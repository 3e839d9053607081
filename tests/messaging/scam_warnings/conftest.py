"""People whose accounts aren't new; scam-like messages from new accounts would be held."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User


@pytest.fixture(autouse=True)
def known_for_long(shopper: User, seller: User) -> None:
    """Let the shopper and the seller have been here for a month."""
    for person in (shopper, seller):
        person.date_joined = timezone.now() - timedelta(days=30)
        person.save(update_fields=["date_joined"])
