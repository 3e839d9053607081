"""Find out who is on a socket, whether they may stay, and which groups it belongs in."""

import asyncio
import time
from collections.abc import Awaitable, Collection
from typing import TYPE_CHECKING, Any

from . import groups
from .close_codes import NO_SESSION, PAGE_OF_ANOTHER, SUSPENDED
from .database import run_in_database_thread
from .dataloader import DataLoader
from .heartbeat import by_class
from .sessions import Ended, people_of

if TYPE_CHECKING:
    from .consumers import RealtimeConsumer


async def check(sockets: "Collection[RealtimeConsumer]") -> None:
    """Read the sessions, people and groups of the given sockets from the database.

    Close sockets that may not stay. Make the others join the groups they lack, and leave those in
    which they no longer belong.
    """
    now = time.monotonic()
    asked = {socket: socket.checks.ask() for socket in sockets}
    people = await _people_on(sockets)
    # Join a newcomer's own group first and read again: otherwise a change between reading and
    # joining would go unnoticed.
    joining: list[Awaitable[bool]] = []
    for socket, user in people.items():
        if socket.user is None and not isinstance(user, Ended):
            joining += socket.join({groups.user_group(user.pk)})
    if joining:
        await asyncio.gather(*joining)
        people = await _people_on(sockets)
    due = await _groups_of({s: u for s, u in people.items() if not isinstance(u, Ended)})
    waiting: list[Awaitable[Any]] = []
    for socket, user in people.items():
        if not socket.checks.applies(asked[socket]):
            continue
        if isinstance(user, Ended):
            waiting.append(socket.close(SUSPENDED if user is Ended.SUSPENDED else NO_SESSION))
        elif socket.user and socket.user.pk != user.pk:
            waiting.append(socket.close(PAGE_OF_ANOTHER))  # a socket belongs to one person
        else:
            socket.user, socket.checked_at = user, now
            if due[socket] != socket.joined:  # rarely
                waiting += socket.set_groups(due[socket])
    await asyncio.gather(*waiting)


async def _people_on(sockets: "Collection[RealtimeConsumer]") -> "dict[RealtimeConsumer, Any]":
    people = await run_in_database_thread(people_of, {socket.session_key for socket in sockets})
    return {socket: people[socket.session_key] for socket in sockets}


async def _groups_of(people: "dict[RealtimeConsumer, Any]") -> "dict[RealtimeConsumer, set[str]]":
    due: dict[RealtimeConsumer, set[str]] = {}
    for consumer_class, some in by_class(people).items():
        due |= await consumer_class.groups_of({socket: people[socket] for socket in some})
    return due


async def _check_many(sockets: "list[RealtimeConsumer]") -> "dict[RealtimeConsumer, None]":
    await check(sockets)
    return {}


checks: "DataLoader[RealtimeConsumer, None]" = DataLoader(_check_many)
