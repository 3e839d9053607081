"""Check that private parts of libraries exist before using them."""

from functools import cache
from typing import Any

import structlog

log = structlog.get_logger("trato.private_api")


def has_all(thing: Any, names: tuple[str, ...]) -> bool:
    """Whether an object has all of the given attributes; log missing attributes once."""
    missing = tuple(name for name in names if not hasattr(thing, name))
    if missing:
        _log_missing(f"{type(thing).__module__}.{type(thing).__qualname__}", missing)
    return not missing


@cache
def _log_missing(owner: str, missing: tuple[str, ...]) -> None:
    log.warning("slow_way", owner=owner, missing=missing)
