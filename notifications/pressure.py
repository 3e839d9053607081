"""Two ways in which one socket can harm the process: reading too slowly, sending too much."""

import time
from collections.abc import Callable
from typing import Any


def unsent_bytes(send: Callable[..., Any]) -> int:
    """Bytes that wait in this process because the client does not read.

    Daphne's `send` never waits: it hands the frame to Twisted's transport, whose buffer has no
    bound. That `send` is `partial(handle_reply, protocol)`, so the buffer can be looked at. Other
    servers wait in `send` themselves, and 0 is the answer.

    Args:
        send: the `send` that the ASGI server gave.
    """
    for argument in getattr(send, "args", ()):
        transport: Any = getattr(argument, "transport", None)
        if hasattr(transport, "dataBuffer"):
            waiting: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen
            return waiting
    return 0


class Allowance:
    """A bucket that holds a minute's worth of something and fills up steadily.

    Args:
        per_minute: how much it holds, and how much flows in each minute.
    """

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
