"""The site's server, which serves repeated requests for a static file from memory.

Each person in a test has a new browser context without a cache, and a page has some seventy static
files. Through Django, these took a quarter of the time of all browser tests.
"""

import faulthandler
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import django

django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402

from config import asgi, server  # noqa: E402
from tests.patience import PATIENCE  # noqa: E402

settings.REDIS_TIMEOUT_SECONDS = PATIENCE  # as in `tests/conftest.py`

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class Remembering:
    """Remembers complete responses to GET requests for static files.

    Args:
        application: the ASGI application that responds to the first request for each file.
    """

    def __init__(self, application: Any) -> None:
        self._application = application
        self._answers: dict[str, list[Any]] = {}

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/static/"):
            await self._application(scope, receive, send)
            return
        known = self._answers.get(scope["path"])
        if known:
            for message in known:
                await send(message)
            return
        answer: list[Any] = []

        async def keep(message: Any) -> None:
            answer.append(message)
            await send(message)

        await self._application(scope, receive, keep)
        if is_whole(answer):
            self._answers[scope["path"]] = answer


def is_whole(answer: list[Any]) -> bool:
    """Whether it is a whole file. A response ends early if the client leaves after headers."""
    if len(answer) < 2 or answer[0]["status"] != 200:
        return False
    return answer[-1]["type"] == "http.response.body" and not answer[-1].get("more_body")


if __name__ == "__main__":
    faulthandler.register(signal.SIGUSR1, all_threads=True)  # see `conftest.threads_of`
    asgi.application = Remembering(asgi.application)
    server.main()
