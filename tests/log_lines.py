"""The log in production's format, for tests that read it."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from config.logging import configure

Lines = Callable[[], list[dict[str, Any]]]


def written_lines() -> Iterator[Lines]:
    """Return what production would have logged so far, plus more, since the levels are lower."""
    import_module("config.asgi")  # the first configuration, without our handler
    out = io.StringIO()
    formatter = dict(configure(as_json=True)["formatters"]["structured"])
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter.pop("()")(**formatter))
    loggers = {name: logging.getLogger(name) for name in (None, "trato", "django", "asyncio")}
    levels = {name: logger.level for name, logger in loggers.items()}
    for name, logger in loggers.items():
        logger.setLevel(logging.DEBUG if name else logging.INFO)
    loggers[None].addHandler(handler)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    loggers[None].removeHandler(handler)
    for name, logger in loggers.items():
        logger.setLevel(levels[name])
