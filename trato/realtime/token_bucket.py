"""How much one socket may send."""

import time
from collections.abc import Callable


class Allowance:
    """A bucket that holds a minute's worth of something and fills up steadily.

    Args:
        per_minute: how much it holds, and how much flows in each minute.
    """

    __slots__ = ("_clock", "_filled_at", "_left", "_size")

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = float(per_minute)
        self._left = float(per_minute)
        self._clock = clock
        self._filled_at = clock()

    def take(self) -> bool:
        """Take one; False if there is none left."""
        now = self._clock()
        self._left = min(self._size, self._left + (now - self._filled_at) * self._size / 60)
        self._filled_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
