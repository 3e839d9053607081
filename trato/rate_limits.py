"""Limit how often a person or an address may do something, within a moving window.

A limit has the name of its setting, such as `SEARCHES_PER_MINUTE`; the numbers are in the settings
of each app. Actions are counted in this process (`moving_window`) and, if Redis is configured, also
in Redis (`shared_limit`), so that all processes share a limit. While Redis is down or slow, each
process uses its own counts: requests don't wait for Redis, and people don't get a new allowance.
"""

import math
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar, cast

import structlog
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import ngettext
from redis import Redis
from redis.asyncio import ConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from .client_address import network_of
from .errors import Refused, when_shown
from .realtime.background import per_loop
from .realtime.moving_window import Limit, MovingWindow, Who
from .realtime.redis.connection import RedisConnection
from .realtime.shared_limit import HIT_MANY, PREFIX, REDIS_ERRORS, SharedLimit, key_of, wait_of

log = structlog.get_logger("trato.limits")

P = ParamSpec("P")
R = TypeVar("R")

UNITS = {"MINUTE": 60, "HOUR": 3600, "DAY": 86400}
REDIS_RETRY_SECONDS = 5.0  # how long to stop trying Redis after an error

_redis_away_until = 0.0  # time.monotonic()
_counted: ContextVar[list[tuple[str, Who]] | None] = ContextVar("counted", default=None)


def hit(name: str, who: Who, cost: int = 1) -> None:
    """Count an action.

    Args:
        name: the setting with the limit.
        who: a person's ID, or the result of `person_or_address` or `address`.
        cost: the number of actions to count.

    Raises:
        Refused: `rate_limited`, with the seconds to wait, if the allowance is used up; nothing
            was counted.
    """
    limit = _limit(name)
    for number in range(cost):
        wait = _hit(limit, who, time.time())
        if wait is not None:
            for _ in range(number):
                _give_back(limit, who)
            raise _refused(wait)
    if (counted := _counted.get()) is not None:
        counted += [(name, who)] * cost


def give_back(name: str, who: Who) -> None:
    """Undo a count that `hit` has made."""
    _give_back(_limit(name), who)
    if (counted := _counted.get()) is not None:
        counted.remove((name, who))


def given_back_on_failure(function: Callable[P, R]) -> Callable[P, R]:
    """If the function raises, undo the counts that it made with `hit`.

    Put it outside `transaction.atomic`, so that a failed COMMIT counts as a failure too.
    """

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        counted: list[tuple[str, Who]] = []
        outer = _counted.get()
        token = _counted.set(counted)
        try:
            result = function(*args, **kwargs)
        except BaseException:
            for name, who in counted:
                _give_back(_limit(name), who)
            raise
        finally:
            _counted.reset(token)
        if outer is not None:
            outer += counted
        return result

    return wrapper


async def hit_many(name: str, people: Sequence[Who]) -> list[Refused | None]:
    """Count one action for each person, with at most one round trip to Redis.

    Args:
        people: list a person who does two things at once twice.

    Returns:
        For each, in order: None, or the refusal that `hit` would raise.
    """
    limit, now = _limit(name), time.time()
    window = _window(limit)
    waits = [window.hit(who, now) for who in people]
    places = [place for place, wait in enumerate(waits) if wait is None]
    if places:
        answers = await _ask_many(limit, [people[place] for place in places], now)
        for place, answer in zip(places, answers, strict=True):
            waits[place] = answer
    return [None if wait is None else _refused(wait) for wait in waits]


async def give_back_many(name: str, people: Sequence[Who]) -> None:
    """Undo the count of each person's latest action."""
    limit = _limit(name)
    for who in people:
        _window(limit).give_back(who)
    if _redis_is_there():
        try:
            await _shared_limit(limit).give_back(people)
        except REDIS_ERRORS as error:
            _redis_is_away(error)


def person_or_address(request: HttpRequest) -> str:
    """Return who a request counts against: the logged-in person, or the client's address."""
    user = request.user
    return f"person-{user.pk}" if user.is_authenticated else address(request)


def address(request: HttpRequest) -> str:
    """Return a request's client address; for IPv6, the network of one customer."""
    return f"address-{network_of(request) or 'unknown'}"


def reset() -> None:
    """Forget all counts, and that Redis was down."""
    global _redis_away_until
    _redis_away_until = 0.0
    _shared_limits.clear()
    _window.cache_clear()
    if settings.REDIS_URL:
        for key in _redis().scan_iter(f"{PREFIX}:*", count=1000):
            _redis().delete(key)


def _limit(name: str) -> Limit:
    unit = name.partition("_PER_")[2].partition("_")[0]
    return Limit(name, getattr(settings, name), UNITS[unit])


def _hit(limit: Limit, who: Who, now: float) -> float | None:
    """Count an action, or return how many seconds to wait."""
    window = _window(limit)
    wait = window.hit(who, now)
    if wait is not None:
        return wait
    if _redis_is_there():
        try:
            key, arguments = key_of(limit, who), (now, limit.amount, limit.seconds)
            (answer,) = cast("list[Any]", _redis().eval(HIT_MANY, 1, key, *arguments))
        except REDIS_ERRORS as error:
            _redis_is_away(error)
        else:
            wait = wait_of(answer, limit, now)
            if wait is None:
                window.update(who, answer, now + limit.seconds)
            else:
                window.give_back(who)
                window.update(who, limit.amount, now + wait)
            return wait
    return window.settle(who, now)


async def _ask_many(limit: Limit, people: Sequence[Who], now: float) -> list[float | None]:
    """Ask Redis about actions that the window has counted; returns the same as `_hit`."""
    if _redis_is_there():
        try:
            return await _shared_limit(limit).hit(people)
        except REDIS_ERRORS as error:
            _redis_is_away(error)
    return [_window(limit).settle(who, now) for who in people]


def _give_back(limit: Limit, who: Who) -> None:
    _window(limit).give_back(who)
    if _redis_is_there():
        try:
            _redis().lpop(key_of(limit, who))
        except REDIS_ERRORS as error:
            _redis_is_away(error)


def _redis_is_there() -> bool:
    return bool(settings.REDIS_URL) and time.monotonic() >= _redis_away_until


def _redis_is_away(error: BaseException) -> None:
    global _redis_away_until
    _redis_away_until = time.monotonic() + REDIS_RETRY_SECONDS
    log.warning("limits_storage_unavailable", error=type(error).__name__)


def _refused(wait_seconds: float) -> Refused:
    seconds = max(1, math.ceil(wait_seconds))
    return Refused("rate_limited", when_shown(lambda: _wait_text(seconds)), retry_after=seconds)


def _wait_text(seconds: int) -> str:
    """Tell a person how long to wait, in their language."""
    if seconds < 90:
        return ngettext(
            "Too fast. Try again in %(count)s second.",
            "Too fast. Try again in %(count)s seconds.",
            seconds,
        ) % {"count": seconds}
    if seconds >= 2 * 3600:
        hours = math.ceil(seconds / 3600)
        return ngettext(
            "Too many attempts. Try again in %(count)s hour.",
            "Too many attempts. Try again in %(count)s hours.",
            hours,
        ) % {"count": hours}
    minutes = math.ceil(seconds / 60)
    return ngettext(
        "Too many attempts. Try again in %(count)s minute.",
        "Too many attempts. Try again in %(count)s minutes.",
        minutes,
    ) % {"count": minutes}


@cache
def _window(limit: Limit) -> MovingWindow:
    return MovingWindow(limit)


@cache
def _redis() -> Redis:
    """Return the client for blocking code. It retries a closed connection, not a silent one."""
    timeout = settings.REDIS_TIMEOUT_SECONDS
    return Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
    )


@per_loop
def _connection() -> RedisConnection:
    return RedisConnection(ConnectionPool.from_url(settings.REDIS_URL))


_shared_limits: per_loop[dict[Limit, SharedLimit]] = per_loop(dict)


def _shared_limit(limit: Limit) -> SharedLimit:
    limits = _shared_limits()
    if limit not in limits:
        limits[limit] = SharedLimit(_connection(), limit, _window(limit), _redis_is_away)
    return limits[limit]
