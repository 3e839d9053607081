"""The form queue: how many forms a process handles at once, and how many for one conversation.

A form that needs a locked row waits for it with a thread and a connection, up to `lock_timeout`.
Thirty forms for one locked conversation once took all of a process's connections, and everybody
else's pages took two seconds. So forms get only some of the connections, and those for one
conversation fewer. The others wait here, which costs neither a thread nor a connection.
"""

import asyncio
import re
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from django.conf import settings

from trato.images.queue import give_back

# Not uploads: they take long without a lock, and have their own limit.
CONVERSATION = re.compile(r"/conversation/(\d+)/(?!files/)")


class FormQueue:
    """One event loop's forms: those being handled and those waiting."""

    def __init__(self) -> None:
        self._all = asyncio.Semaphore(settings.FORMS_AT_ONCE)
        self._conversations: weakref.WeakValueDictionary[str, asyncio.Semaphore]
        self._conversations = weakref.WeakValueDictionary()  # by ID; only those with forms

    @asynccontextmanager
    async def place(self, path: str) -> AsyncIterator[bool]:
        """Wait until a form may be handled, for at most `FORM_QUEUE_SECONDS`.

        Yields:
            Whether time ran out before it could be handled.
        """
        taken: list[asyncio.Semaphore] = []
        is_late = False

        def release() -> None:
            while taken:
                taken.pop().release()

        # A form releases its turn while its pictures wait to be decoded; it holds no connection
        # then.
        loop = asyncio.get_running_loop()
        token = give_back.set(partial(loop.call_soon_threadsafe, release))
        try:
            try:
                async with asyncio.timeout(settings.FORM_QUEUE_SECONDS):
                    for limit in self._limits(path):
                        await limit.acquire()
                        taken.append(limit)
            except TimeoutError:
                is_late = True
            yield is_late
        finally:
            give_back.reset(token)
            release()

    def _limits(self, path: str) -> list[asyncio.Semaphore]:
        about = CONVERSATION.match(path)
        if not about:
            return [self._all]
        limit = self._conversations.get(about[1])
        if limit is None:
            limit = asyncio.Semaphore(settings.CONVERSATION_FORMS_AT_ONCE)
            self._conversations[about[1]] = limit
        return [limit, self._all]
