"""The names of the admin lists' filters."""

from typing import Any

import pytest

from accounts.models import User

pytestmark = pytest.mark.django_db

LISTS = [
    "catalog/product", "messaging/decision", "messaging/message", "messaging/recall",
    "notifications/notification",
]  # fmt: skip


@pytest.mark.parametrize("address", LISTS)
def test_what_may_have_happened_is_filtered_by_yes_and_no(
    address: str, chief: User, client_of: Any
) -> None:
    client = client_of(chief)
    for query in ("", "?_facets=True"):
        page = client.get(f"/admin/{address}/{query}").text
        assert "__isempty=1" in page
        assert "mpty" not in page.replace("__isempty", "")
