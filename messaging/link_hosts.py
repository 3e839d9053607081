"""The hosts that staff warn about or block, kept in each process.

Links are rendered for many people, and on the event loop, so rendering a message makes no query.
Each server process loads the list in the background, see `refresh`. Other processes load it when a
thread needs it and it is too old. It is never older than `LINK_HOSTS_SECONDS`, unless the database
is down.
"""

import asyncio
from collections.abc import Mapping
from time import monotonic

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from .models import LinkHost

WARN, BLOCK = LinkHost.Action.WARN.value, LinkHost.Action.BLOCK.value

_listed: Mapping[str, str] = {}
_loaded_at = float("-inf")


def action_for(host: str) -> str:
    """Return what staff decided about a host or a parent domain: "warn", "block" or "".

    The nearest decision counts.

    Args:
        host: in ASCII, lowercase.
    """
    if _is_older_than(settings.LINK_HOSTS_SECONDS) and not _on_event_loop():
        _load()
    if not _listed:
        return ""
    labels = host.split(".")
    names = (".".join(labels[start:]) for start in range(len(labels)))
    return next((_listed[name] for name in names if name in _listed), "")


def refresh(limit: int) -> int:
    """Reload the list before it is too old, in the rounds of `messaging.due`.

    Args:
        limit: ignored, because the list is loaded as a whole.
    """
    if _is_older_than(settings.LINK_HOSTS_SECONDS - 2 * settings.DUE_SECONDS):
        _load()
    return 0


def forget() -> None:
    """Mark the list as outdated. It stays in use until it is reloaded."""
    global _loaded_at
    _loaded_at = float("-inf")


def reset() -> None:
    """Empty the list, between tests."""
    global _listed
    _listed = {}
    forget()


def _is_older_than(seconds: float) -> bool:
    return monotonic() - _loaded_at >= seconds


def _load() -> None:
    global _listed, _loaded_at
    started = monotonic()
    try:
        _listed = dict(LinkHost.objects.values_list("host", "action"))
    except (DatabaseError, InterfaceError):
        return  # keep using the old list
    _loaded_at = started


def _on_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
