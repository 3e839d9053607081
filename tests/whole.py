"""Tests of which `make test` runs a part, and `make test-all` the whole.

`make test` has every feature's main story, and samples of the tests that go through all pages, URLs
or values. The rest, which takes as long again, is for `make test-all`: stories at the edge of a
feature, and everything that is otherwise sampled.
"""

import os
from collections.abc import Iterable
from typing import TypeVar

import pytest

One = TypeVar("One")

WHOLE = os.environ.get("TEST_ALL") == "1"
only_whole = pytest.mark.skipif(not WHOLE, reason="`make test-all` runs it")


def tries(number: int) -> int:
    """Return how many examples or rounds a test tries: a third, unless it is `make test-all`."""
    return number if WHOLE else max(5, number // 3)


def some_of(all_of_them: Iterable[One], number: int) -> list[One]:
    """Return a sample of some values, evenly spread and always the same; all in `make test-all`.

    Args:
        number: how many, at most.
    """
    values = list(all_of_them)
    if WHOLE or len(values) <= number:
        return values
    return [values[index * len(values) // number] for index in range(number)]
