"""File sizes on pages: the same as static/js/files/file-list.js shows in a new message."""

import pytest
from django.utils import translation

from messaging.templatetags.message_files import file_size


@pytest.mark.parametrize(
    ("size", "english", "spanish"),
    [
        (0, "0 kB", "0 kB"),
        (45, "1 kB", "1 kB"),
        (1536, "1.5 kB", "1,5 kB"),
        (10_200, "10 kB", "10 kB"),
        (65_900, "64 kB", "64 kB"),
        (1024**2, "1 MB", "1 MB"),
        (2_600_000, "2.5 MB", "2,5 MB"),
    ],
)
def test_a_size_is_said_shortly(size: int, english: str, spanish: str) -> None:
    for language, words in (("en", english), ("es", spanish)):
        with translation.override(language):
            assert file_size(size).replace("\u00a0", " ") == words
