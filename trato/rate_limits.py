"""How often a person or an address may do what costs others something.

Counted over a moving window, in Redis where there is one, so that all processes share a count,
else in this process's memory; while Redis is away each process counts for itself. Messages have
limits of their own, which a send never waits for (`messaging.rate_limits.limits`).
"""

import math
import time
from dataclasses import dataclass
from functools import cache

import structlog
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import ngettext
from limits import (
    RateLimitItem,
    RateLimitItemPerDay,
    RateLimitItemPerHour,
    RateLimitItemPerMinute,
)
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from .client_address import network_of

log = structlog.get_logger("trato.limits")

PREFIX = "trato-rates"
REDIS_RETRY_SECONDS = 5.0  # how long to leave Redis alone after it failed
UNITS: dict[str, type[RateLimitItem]] = {
    "MINUTE": RateLimitItemPerMinute,
    "HOUR": RateLimitItemPerHour,
    "DAY": RateLimitItemPerDay,
}

_redis_away_until = 0.0  # time.monotonic()


@dataclass
class TooOften(Exception):
    """An allowance is used up. `views` answer with 429 where nobody catches it."""

    retry_after: int  # seconds

    def __str__(self) -> str:
        return wait_text(self.retry_after)


def wait_text(seconds: int) -> str:
    """Tell a person how long to wait, in their language."""
    if seconds < 90:
        return ngettext(
            "Too fast. Try again in %(count)s second.",
            "Too fast. Try again in %(count)s seconds.",
            seconds,
        ) % {"count": seconds}
    minutes = math.ceil(seconds / 60)
    return ngettext(
        "Too many attempts. Try again in %(count)s minute.",
        "Too many attempts. Try again in %(count)s minutes.",
        minutes,
    ) % {"count": minutes}


def hit(name: str, who: str, cost: int = 1) -> None:
    """Count an act.

    Args:
        name: a setting such as `SEARCHES_PER_MINUTE`; how often is its value.
        who: whose act, from `person_or_address` or `address`.
        cost: how many it counts for.

    Raises:
        TooOften: the allowance is used up; nothing was counted.
    """
    item = _item(name, getattr(settings, name))
    if settings.REDIS_URL and time.monotonic() >= _redis_away_until:
        try:
            return _hit(_shared(), item, who, cost)
        except StorageError as error:
            _redis_is_away(error)
    return _hit(_local(), item, who, cost)


def person_or_address(request: HttpRequest) -> str:
    """Whose a request is: the person who is logged in, else the address it comes from."""
    user = request.user
    return f"person-{user.pk}" if user.is_authenticated else address(request)


def address(request: HttpRequest) -> str:
    """The address that a request comes from; of IPv6 the network that one customer has."""
    return f"address-{network_of(request) or 'unknown'}"


def reset() -> None:
    """Forget all counts, and that Redis was away."""
    global _redis_away_until
    _redis_away_until = 0.0
    _local().storage.reset()
    if settings.REDIS_URL:
        _shared().storage.reset()


def _redis_is_away(error: StorageError) -> None:
    global _redis_away_until
    _redis_away_until = time.monotonic() + REDIS_RETRY_SECONDS
    log.warning("rates_storage_unavailable", error=type(error.storage_error).__name__)


def _hit(limiter: MovingWindowRateLimiter, item: RateLimitItem, who: str, cost: int) -> None:
    if not limiter.hit(item, who, cost=cost):
        wait = limiter.get_window_stats(item, who).reset_time - time.time()
        raise TooOften(max(1, math.ceil(wait)))


@cache
def _item(name: str, amount: int) -> RateLimitItem:
    kind, _per, unit = name.rpartition("_PER_")
    return UNITS[unit](amount, namespace=kind)


@cache
def _local() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())


@cache
def _shared() -> MovingWindowRateLimiter:
    timeout = settings.REDIS_TIMEOUT_SECONDS
    return MovingWindowRateLimiter(
        RedisStorage(
            settings.REDIS_URL,
            wrap_exceptions=True,
            key_prefix=PREFIX,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
        )
    )
