"""What the tests of products and pictures share."""

from typing import Any

import pytest

from catalog.models import Product


@pytest.fixture
def no_hurry(settings: Any) -> None:
    """Give decoders time: on a busy machine they take long."""
    settings.IMAGE_DECODER_MAX_SECONDS = settings.IMAGE_QUEUE_SECONDS = 600


@pytest.fixture
def address(product: Product) -> str:
    return f"/my/products/{product.slug}/"
