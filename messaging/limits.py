"""How often a person may do something, counted per person over a moving window.

Counted in Redis where there is one, so that all processes share a count, else in this process's
memory. While Redis is away each process counts for itself: a send never fails for its sake.
"""

import math
import time
from functools import cache
from typing import Literal

import structlog
from django.conf import settings
from django.utils.translation import ngettext
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from .errors import Refused

log = structlog.get_logger("trato.limits")

Kind = Literal["message", "conversation", "typing", "report"]

REDIS_RETRY_SECONDS = 5.0  # how long to leave Redis alone after it failed

_redis_away_until = 0.0  # time.monotonic()


def hit(kind: Kind, user_id: int) -> None:
    """Count one act of a person.

    Raises:
        Refused: `rate_limited`, with the seconds to wait, if the allowance is used up.
    """
    global _redis_away_until
    item, key = _item(kind), str(user_id)
    if settings.REDIS_URL and time.monotonic() >= _redis_away_until:
        try:
            return _hit(_shared(), item, key)
        except StorageError as error:
            _redis_away_until = time.monotonic() + REDIS_RETRY_SECONDS
            log.warning("limits_storage_unavailable", error=type(error.storage_error).__name__)
    return _hit(_local(), item, key)


def reset() -> None:
    """Forget all counts."""
    _local().storage.reset()
    if settings.REDIS_URL:
        _shared().storage.reset()


def _hit(limiter: MovingWindowRateLimiter, item: RateLimitItem, key: str) -> None:
    if limiter.hit(item, key):
        return
    seconds = max(1, math.ceil(limiter.get_window_stats(item, key).reset_time - time.time()))
    raise Refused("rate_limited", _wait_text(seconds), retry_after=seconds)


def _wait_text(seconds: int) -> str:
    if seconds < 90:
        return ngettext(
            "That was too fast. Try again in %(count)s second.",
            "That was too fast. Try again in %(count)s seconds.",
            seconds,
        ) % {"count": seconds}
    minutes = math.ceil(seconds / 60)
    return ngettext(
        "That was too often. Try again in %(count)s minute.",
        "That was too often. Try again in %(count)s minutes.",
        minutes,
    ) % {"count": minutes}


def _item(kind: Kind) -> RateLimitItem:
    match kind:
        case "message":
            return RateLimitItemPerMinute(settings.MESSAGES_PER_MINUTE, namespace=kind)
        case "typing":
            return RateLimitItemPerMinute(settings.TYPING_FRAMES_PER_MINUTE, namespace=kind)
        case "conversation":
            return RateLimitItemPerHour(settings.CONVERSATIONS_PER_HOUR, namespace=kind)
        case "report":
            return RateLimitItemPerHour(settings.REPORTS_PER_HOUR, namespace=kind)


@cache
def _local() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())


@cache
def _shared() -> MovingWindowRateLimiter:
    timeout = settings.PUBLISH_TIMEOUT_SECONDS
    return MovingWindowRateLimiter(
        RedisStorage(
            settings.REDIS_URL,
            wrap_exceptions=True,
            key_prefix="trato-limits",
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
        )
    )
