"""The shared cache."""

from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = structlog.get_logger("trato.cache")


class _LenientClient(RedisCacheClient):
    """Answers as an empty cache would while Redis is away: the site goes on without it."""

    def get(self, key: Any, default: Any) -> Any:
        try:
            return super().get(key, default)
        except RedisError as error:
            log.warning("cache_unavailable", error=type(error).__name__)
            return default

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        try:
            super().set(key, value, timeout)
        except RedisError as error:
            log.warning("cache_unavailable", error=type(error).__name__)


class LenientRedisCache(RedisCache):
    """Django's Redis cache whose absence is no error for `get` and `set`."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _LenientClient
