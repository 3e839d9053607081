"""The shared cache. allauth counts failed logins and used codes in it."""

import time
from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger("trato.cache")

RETRY_SECONDS = 5.0  # how long to stop trying Redis after an error

_away_until = 0.0  # time.monotonic()


def reset() -> None:
    """Empty the cache, and forget that Redis was down."""
    global _away_until
    _away_until = 0.0
    cache.clear()


def _shared_or_local(name: str) -> Callable[..., Any]:
    """Make a method of the cache use this process's memory while Redis is down."""

    def ask(self: "LenientRedisCache", *args: Any, **kwargs: Any) -> Any:
        global _away_until
        if time.monotonic() >= _away_until:
            try:
                return getattr(RedisCache, name)(self, *args, **kwargs)
            except RedisError as error:
                _away_until = time.monotonic() + RETRY_SECONDS
                log.warning("cache_unavailable", error=type(error).__name__)
        return getattr(self.local, name)(*args, **kwargs)

    return ask


class LenientRedisCache(RedisCache):
    """Django's Redis cache; while Redis is down, each process uses its own memory."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.local = LocMemCache("while-redis-is-away", params)

    add = _shared_or_local("add")
    get = _shared_or_local("get")
    set = _shared_or_local("set")
    touch = _shared_or_local("touch")
    delete = _shared_or_local("delete")
    get_many = _shared_or_local("get_many")
    set_many = _shared_or_local("set_many")
    delete_many = _shared_or_local("delete_many")
    has_key = _shared_or_local("has_key")
    incr = _shared_or_local("incr")
    clear = _shared_or_local("clear")
