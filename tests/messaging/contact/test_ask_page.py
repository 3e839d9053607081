"""The page for asking a question again, for example after a warning."""

import re
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from catalog.models import Product

pytestmark = pytest.mark.django_db

STYLES = Path(__file__).parents[3] / "static/css"


def test_the_panel_has_its_styles_on_every_page(
    product: Product, shopper: User, client_of: Any
) -> None:
    client, address = client_of(shopper), product.get_absolute_url()
    for answer in (client.get(address), client.post(f"{address}contact/", {"body": "x" * 5000})):
        bundles = set(re.findall(r"css/(\w+)\.", answer.text))
        files = [file for name in bundles for file in (STYLES / name).glob("*.css")]
        assert 'class="ask__ready"' in answer.text
        assert ".ask__ready {" in "".join(file.read_text() for file in files)
