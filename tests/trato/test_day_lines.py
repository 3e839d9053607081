"""Days as people call them."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from trato.templatetags.times import moment


@pytest.mark.parametrize(
    ("language", "days", "text"),
    [("en", 0, "Today"), ("en", 1, "Yesterday"), ("es", 0, "Hoy"), ("es", 1, "Ayer")],
)
def test_the_last_two_days_have_names(language: str, days: int, text: str) -> None:
    with translation.override(language):
        at = timezone.localtime().replace(hour=12) - timedelta(days=days)
        assert f">{text}</time>" in moment(at, "day")
        assert text not in moment(at - timedelta(days=2), "day")
        assert text not in moment(at, "short")
