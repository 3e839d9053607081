"""How often a person may do something, counted per person over a moving window.

Counted in Redis where there is one, so that all processes share a count (`tally`), else in this
process's memory. While Redis is away each process counts for itself: a send never fails for its
sake.
"""

import asyncio
import math
import time
from collections.abc import Sequence
from functools import cache
from typing import Literal
from weakref import WeakKeyDictionary

import structlog
from django.conf import settings
from django.utils.translation import ngettext
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.asyncio import ConnectionPool

from accounts.redis_line import RedisLine

from .errors import Refused, when_shown
from .tally import REDIS_ERRORS, Tally

log = structlog.get_logger("trato.limits")

Kind = Literal["message", "conversation", "typing", "report"]

REDIS_RETRY_SECONDS = 5.0  # how long to leave Redis alone after it failed
PREFIX = "trato-limits"

_redis_away_until = 0.0  # time.monotonic()


def hit(kind: Kind, user_id: int) -> None:
    """Count one act of a person.

    Raises:
        Refused: `rate_limited`, with the seconds to wait, if the allowance is used up.
    """
    item, key = _item(kind), str(user_id)
    if _redis_is_there():
        try:
            return _hit(_shared(), item, key)
        except StorageError as error:
            _redis_is_away(error.storage_error)
    return _hit(_local(), item, key)


async def hit_many(kind: Kind, user_ids: Sequence[int]) -> list[Refused | None]:
    """Count one act for each of some people, asking Redis once at most.

    Args:
        user_ids: a person who does two things at once stands here twice.

    Returns:
        For each, in their order: None, or the refusal that `hit` would raise.
    """
    item = _item(kind)
    if _redis_is_there():
        try:
            waits = await _tally(item).hit(user_ids)
            return [None if wait is None else _refused(wait) for wait in waits]
        except REDIS_ERRORS as error:
            _redis_is_away(error)
    return [_refusal(_local(), item, str(user_id)) for user_id in user_ids]


async def give_back(kind: Kind, user_ids: Sequence[int]) -> None:
    """Take the latest acts of some people out of the count again: they turned out to be none."""
    if not _redis_is_there():
        return  # a process that counts for itself counts for seconds only
    try:
        await _tally(_item(kind)).give_back(user_ids)
    except REDIS_ERRORS as error:
        _redis_is_away(error)


def reset() -> None:
    """Forget all counts, and that Redis was away."""
    global _redis_away_until
    _redis_away_until = 0.0
    _tallies.clear()
    _local().storage.reset()
    if settings.REDIS_URL:
        _shared().storage.reset()


def _redis_is_there() -> bool:
    return bool(settings.REDIS_URL) and time.monotonic() >= _redis_away_until


def _redis_is_away(error: BaseException) -> None:
    global _redis_away_until
    _redis_away_until = time.monotonic() + REDIS_RETRY_SECONDS
    log.warning("limits_storage_unavailable", error=type(error).__name__)


def _hit(limiter: MovingWindowRateLimiter, item: RateLimitItem, key: str) -> None:
    if refusal := _refusal(limiter, item, key):
        raise refusal


def _refusal(limiter: MovingWindowRateLimiter, item: RateLimitItem, key: str) -> Refused | None:
    if limiter.hit(item, key):
        return None
    return _refused(limiter.get_window_stats(item, key).reset_time - time.time())


def _refused(wait_seconds: float) -> Refused:
    seconds = max(1, math.ceil(wait_seconds))
    text = when_shown(lambda: _wait_text(seconds))
    return Refused("rate_limited", text, retry_after=seconds)


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
            key_prefix=PREFIX,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
        )
    )


_lines: WeakKeyDictionary[asyncio.AbstractEventLoop, RedisLine] = WeakKeyDictionary()
_tallies: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[RateLimitItem, Tally]]
_tallies = WeakKeyDictionary()


def _tally(item: RateLimitItem) -> Tally:
    loop = asyncio.get_running_loop()
    of_loop = _tallies.setdefault(loop, {})
    if item not in of_loop:
        if loop not in _lines:
            _lines[loop] = RedisLine(ConnectionPool.from_url(settings.REDIS_URL))
        of_loop[item] = Tally(_lines[loop], PREFIX, item, _redis_is_away)
    return of_loop[item]
