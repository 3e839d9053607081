"""Pictures, whose decoders have the lowest priority on the machine."""

from typing import Any

import pytest


@pytest.fixture
def no_hurry(settings: Any) -> None:
    """Give decoders time: on a busy machine they take long."""
    settings.IMAGE_DECODER_MAX_SECONDS = settings.IMAGE_QUEUE_SECONDS = 600
