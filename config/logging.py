"""Logging: lines for people in development, JSON in production.

Only names, numbers and codes are logged, never what people wrote. Tracebacks are plain, because
prettier ones show local variables, and omit the messages of exceptions that quote values.
"""

import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any, TextIO

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db import InterfaceError, OperationalError
from redis import RedisError

from . import request_ids

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def _first_line_of_asyncio(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Keep the first line of asyncio's report of an exception; the rest contains its `repr`."""
    if event.get("logger") == "asyncio":
        event["event"] = str(event["event"]).split("\n", 1)[0]
    return event


def _refusals_in_one_line(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Drop Django's traceback of a 400 or 403, which is no bug; add who sent the request instead.

    The person is added only if the view has already loaded them.
    """
    record = event.get("_record")
    status = getattr(record, "status_code", None)
    if isinstance(status, int) and status < 500:
        event.pop("exc_info", None)
        user = getattr(getattr(record, "request", None), "_cached_user", None)
        if user is not None:
            event["user"] = user.pk
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    request_ids.add_id,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    _first_line_of_asyncio,
    _refusals_in_one_line,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(*, as_json: bool) -> dict[str, Any]:
    """Configure structlog and return Django's LOGGING: JSON, or columns for a terminal."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    render: list[Any] = (
        [structlog.processors.ExceptionRenderer(plain), structlog.processors.JSONRenderer()]
        if as_json
        else [structlog.dev.ConsoleRenderer(exception_formatter=_print_plain)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
                "foreign_pre_chain": _SHARED,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "trato": {"level": "INFO"},
            # otherwise Django prints these a second time while DEBUG is on
            "django": {"handlers": [], "level": "WARNING"},
        },
    }


def plain(exc_info: ExceptionInfo) -> str:
    """Format a traceback; include an exception's message only if it can't quote what people wrote.

    A database error quotes the row ("Failing row contains (…)"), and a ValueError the value.
    """
    return "".join(_lines(exc_info[1]))


def _print_plain(out: TextIO, info: ExceptionInfo) -> None:
    out.write(plain(info))


def _lines(error: BaseException) -> Iterator[str]:
    if error.__cause__ is not None:
        yield from _lines(error.__cause__)
        yield "\nwhich was the cause of:\n"
    elif error.__context__ is not None and not error.__suppress_context__:
        yield from _lines(error.__context__)
        yield "\nwhile handling that:\n"
    yield from traceback.format_tb(error.__traceback__)
    words = error if isinstance(error, _SAFE) else "(withheld)"
    yield f"{type(error).__module__}.{type(error).__qualname__}: {words}\n"
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _lines(one)


_SAFE = (
    *(TypeError, AttributeError, NameError, ImportError, OSError, RuntimeError, AssertionError),
    *(OperationalError, InterfaceError, ImproperlyConfigured, RedisError),
)
