"""Limit how often one socket may do something."""

import time


class TokenBucket:
    """A bucket of tokens that starts full and refills steadily.

    Args:
        per_minute: the bucket's size, and the number of tokens added per minute.
    """

    __slots__ = ("_filled_at", "_left", "_size")

    def __init__(self, per_minute: int) -> None:
        self._size = float(per_minute)
        self._left = float(per_minute)
        self._filled_at = time.monotonic()

    def consume(self) -> bool:
        """Take one token, and return False if there is none."""
        now = time.monotonic()
        self._left = min(self._size, self._left + (now - self._filled_at) * self._size / 60)
        self._filled_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
