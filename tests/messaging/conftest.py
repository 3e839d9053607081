"""The people of the tests that compare two ways to store."""

import pytest

from accounts.models import User


@pytest.fixture
def cast(
    shopper: User, seller: User, colleague: User, stranger: User, former_colleague: User
) -> list[User]:
    return [shopper, seller, colleague, stranger, former_colleague]
