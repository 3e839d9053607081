"""Limit how often one socket may do something."""

import time
from collections.abc import Callable


class TokenBucket:
    """A bucket of tokens that starts full and refills steadily.

    Args:
        per_minute: the bucket's size, and the number of tokens added per minute.
        clock: returns the time in seconds.
    """

    __slots__ = ("_clock", "_filled_at", "_left", "_size")

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = float(per_minute)
        self._left = float(per_minute)
        self._clock = clock
        self._filled_at = clock()

    def consume(self) -> bool:
        """Take one token, and return False if there is none."""
        now = self._clock()
        self._left = min(self._size, self._left + (now - self._filled_at) * self._size / 60)
        self._filled_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
