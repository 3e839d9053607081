"""Rate limits: how often a person may do something, within a moving window.

Acts are counted in this process (`window`) and, where there is Redis, also there (`shared`), so
that all processes share a limit. While Redis is away or slow, each process goes on with what it
knows: a send never fails because of that, and nobody starts with a new allowance.
"""

import math
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import cache, wraps
from typing import Any, Literal, ParamSpec, TypeVar, cast

import structlog
from django.conf import settings
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from redis import Redis
from redis import asyncio as aioredis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from trato.errors import Refused, when_shown
from trato.rate_limits import wait_text
from trato.realtime.background import per_loop

from .shared import HIT_MANY, REDIS_ERRORS, SharedLimit, key_of, wait_of
from .window import Person, Window

log = structlog.get_logger("trato.limits")

P = ParamSpec("P")
R = TypeVar("R")

Kind = Literal["message", "conversation", "typing", "report", "socket", "socket_from"]

REDIS_RETRY_SECONDS = 5.0  # how long to leave Redis alone after it failed
PREFIX = "trato-limits"

_redis_away_until = 0.0  # time.monotonic()
_counted: ContextVar[list[tuple[Kind, int]] | None] = ContextVar("counted", default=None)


def hit(kind: Kind, user_id: int) -> None:
    """Count an act of a person.

    Raises:
        Refused: `rate_limited`, with the seconds to wait, if the allowance is used up.
    """
    item, now = _item(kind), time.time()
    window = _window(item)
    wait = window.hit(user_id, now)
    if wait is None:
        wait = _ask(item, window, user_id, now)
    if wait is not None:
        raise _refused(wait)
    counted = _counted.get()
    if counted is not None:
        counted.append((kind, user_id))


def give_back(kind: Kind, user_id: int) -> None:
    """Don't count an act after all that `hit` has counted."""
    _give_back(_item(kind), user_id)
    counted = _counted.get()
    if counted is not None:
        counted.remove((kind, user_id))


def given_back_on_failure(function: Callable[P, R]) -> Callable[P, R]:
    """Give back the acts that a function counts with `hit` if it raises.

    Put it outside `transaction.atomic`, so that a COMMIT that fails counts as a failure too.
    """

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        counted: list[tuple[Kind, int]] = []
        outer = _counted.get()
        token = _counted.set(counted)
        try:
            result = function(*args, **kwargs)
        except BaseException:
            for kind, user_id in counted:
                _give_back(_item(kind), user_id)
            raise
        finally:
            _counted.reset(token)
        if outer is not None:
            outer += counted
        return result

    return wrapper


async def hit_many(kind: Kind, people: Sequence[Person]) -> list[Refused | None]:
    """Count an act for each of several people, with one round trip to Redis at most.

    Args:
        people: a person who does two things at once is in it twice.

    Returns:
        For each, in order: None, or the refusal that `hit` would raise.
    """
    item, now = _item(kind), time.time()
    window = _window(item)
    waits = [window.hit(person, now) for person in people]
    places = [place for place, wait in enumerate(waits) if wait is None]
    if places:
        answers = await _ask_many(item, window, [people[place] for place in places], now)
        for place, answer in zip(places, answers, strict=True):
            waits[place] = answer
    return [None if wait is None else _refused(wait) for wait in waits]


async def give_back_many(kind: Kind, people: Sequence[Person]) -> None:
    """Don't count the latest act of each of several people after all."""
    item = _item(kind)
    for person in people:
        _window(item).give_back(person)
    if _redis_is_there():
        try:
            await _shared_limit(item).give_back(people)
        except REDIS_ERRORS as error:
            _redis_is_away(error)


def reset() -> None:
    """Forget all counts, and that Redis was away."""
    global _redis_away_until
    _redis_away_until = 0.0
    _shared_limits.clear()
    _window.cache_clear()
    if settings.REDIS_URL:
        for key in _redis().scan_iter(f"{PREFIX}:*", count=1000):
            _redis().delete(key)


def _redis_is_there() -> bool:
    return bool(settings.REDIS_URL) and time.monotonic() >= _redis_away_until


def _redis_is_away(error: BaseException) -> None:
    global _redis_away_until
    _redis_away_until = time.monotonic() + REDIS_RETRY_SECONDS
    log.warning("limits_storage_unavailable", error=type(error).__name__)


def _ask(item: RateLimitItem, window: Window, user_id: int, now: float) -> float | None:
    """Ask Redis about an act that `window` has counted; return how many seconds to wait, if any."""
    if _redis_is_there():
        try:
            key, arguments = key_of(PREFIX, item, user_id), (now, item.amount, item.get_expiry())
            (answer,) = cast("list[Any]", _redis().eval(HIT_MANY, 1, key, *arguments))
        except REDIS_ERRORS as error:
            _redis_is_away(error)
        else:
            wait = wait_of(answer, item, now)
            if wait is None:
                window.update(user_id, answer, now + item.get_expiry())
            else:
                window.give_back(user_id)
                window.update(user_id, item.amount, now + wait)
            return wait
    return _without_redis(window, user_id, now)


async def _ask_many(
    item: RateLimitItem, window: Window, people: Sequence[Person], now: float
) -> list[float | None]:
    """`_ask` for several people."""
    if _redis_is_there():
        try:
            return await _shared_limit(item).hit(people)
        except REDIS_ERRORS as error:
            _redis_is_away(error)
    return [_without_redis(window, person, now) for person in people]


def _without_redis(window: Window, person: Person, now: float) -> float | None:
    wait = window.excess(person, now)
    if wait is not None:
        window.give_back(person)
    return wait


def _give_back(item: RateLimitItem, user_id: int) -> None:
    _window(item).give_back(user_id)
    if _redis_is_there():
        try:
            _redis().lpop(key_of(PREFIX, item, user_id))
        except REDIS_ERRORS as error:
            _redis_is_away(error)


def _refused(wait_seconds: float) -> Refused:
    seconds = max(1, math.ceil(wait_seconds))
    text = when_shown(lambda: wait_text(seconds))
    return Refused("rate_limited", text, retry_after=seconds)


def _item(kind: Kind) -> RateLimitItem:
    match kind:
        case "message":
            return RateLimitItemPerMinute(settings.MESSAGES_PER_MINUTE, namespace=kind)
        case "typing":
            return RateLimitItemPerMinute(settings.TYPING_FRAMES_PER_MINUTE, namespace=kind)
        case "socket":
            return RateLimitItemPerMinute(settings.SOCKETS_OPENED_PER_MINUTE, namespace=kind)
        case "socket_from":
            per_address = settings.SOCKETS_OPENED_PER_MINUTE_AND_ADDRESS
            return RateLimitItemPerMinute(per_address, namespace=kind)
        case "conversation":
            return RateLimitItemPerHour(settings.CONVERSATIONS_PER_HOUR, namespace=kind)
        case "report":
            return RateLimitItemPerHour(settings.REPORTS_PER_HOUR, namespace=kind)


@cache
def _window(item: RateLimitItem) -> Window:
    return Window(item.amount, item.get_expiry())


@cache
def _redis() -> Redis:
    """The client for code that may block. It retries a closed connection, but not a silent one."""
    timeout = settings.REDIS_TIMEOUT_SECONDS
    return Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
    )


@per_loop
def _async_redis() -> aioredis.Redis:
    return aioredis.Redis.from_url(settings.REDIS_URL)


_shared_limits: per_loop[dict[RateLimitItem, SharedLimit]] = per_loop(dict)


def _shared_limit(item: RateLimitItem) -> SharedLimit:
    limits = _shared_limits()
    if item not in limits:
        limits[item] = SharedLimit(
            _async_redis(), PREFIX, item, _window(item), on_failure=_redis_is_away
        )
    return limits[item]
