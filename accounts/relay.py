"""The one module that talks to the channel layer: what is sent to which group goes through here.

The layer is a doorbell. It may lose what it is given, so nothing that matters is only there: a
failed or slow publish is logged and forgotten, and the receivers catch up from the database.
It stands in the lowest app because all of them ring it.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction

log = structlog.get_logger("trato.relay")

_ringing: set[asyncio.Task[None]] = set()  # a loop alone would let go of its tasks


def user_group(user_id: int) -> str:
    """The group that every socket of one person is in."""
    return f"user.{user_id}"


def publish_on_commit(groups: Iterable[str], event: Mapping[str, Any]) -> None:
    """Ring once the transaction under way is durable, or at once where there is none."""
    names = tuple(groups)
    transaction.on_commit(lambda: publish(names, event))


def publish(groups: Iterable[str], event: Mapping[str, Any]) -> None:
    """Ring now, from synchronous code.

    Args:
        groups: group names; a socket in two of them hears the event twice.
        event: a layer event; its `type` names the consumer's handler. The group is added to it,
            so that a receiver can tell whether it still belongs there.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        async_to_sync(publish_async)(groups, event)
    else:  # synchronous code on a loop's own thread: it must not fail there for the bell's sake
        task = loop.create_task(publish_async(tuple(groups), event))
        _ringing.add(task)
        task.add_done_callback(_ringing.discard)


async def publish_async(groups: Iterable[str], event: Mapping[str, Any]) -> None:
    """Ring now, from asynchronous code. Never raises for the layer's sake."""
    layer = get_channel_layer()
    try:
        async with asyncio.timeout(settings.PUBLISH_TIMEOUT_SECONDS):
            for group in groups:
                await layer.group_send(group, {**event, "group": group})
    except Exception as error:  # whatever a broken layer throws: the row is stored already
        log.warning("publish_failed", event_type=event.get("type"), error=type(error).__name__)


async def join(group: str, channel: str) -> bool:
    """Let `channel` hear `group`; False where the layer cannot be reached just now."""
    return await _membership("group_add", group, channel)


async def leave(group: str, channel: str) -> bool:
    """Let `channel` hear `group` no longer; False where the layer cannot be reached just now."""
    return await _membership("group_discard", group, channel)


async def _membership(operation: str, group: str, channel: str) -> bool:
    try:
        async with asyncio.timeout(settings.PUBLISH_TIMEOUT_SECONDS):
            await getattr(get_channel_layer(), operation)(group, channel)
    except Exception as error:
        log.warning("membership_failed", operation=operation, error=type(error).__name__)
        return False
    return True
