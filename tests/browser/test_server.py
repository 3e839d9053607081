"""The browser tests' server remembers static files only as a whole."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.browser.server import Remembering

START = {"type": "http.response.start", "status": 200, "headers": []}
PART = {"type": "http.response.body", "body": b"half", "more_body": True}
END = {"type": "http.response.body", "body": b"", "more_body": False}
SCOPE = {"type": "http", "path": "/static/css/site.css"}


@pytest.mark.parametrize(
    ("first", "is_kept"),
    [([], False), ([START], False), ([START, PART], False), ([START, PART, END], True)],
)
def test_an_answer_that_ended_early_is_asked_for_again(first: list[Any], is_kept: bool) -> None:
    asked = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope)
        for message in first if len(asked) == 1 else [START, PART, END]:
            await send(message)

    async def ask() -> list[Any]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        await server(SCOPE, None, send)  # type: ignore[arg-type]
        return sent

    server = Remembering(application)
    with ThreadPoolExecutor(1) as thread:  # Playwright's loop runs in this one
        answers = [thread.submit(asyncio.run, ask()).result() for _ in range(2)]
    assert answers == [first, [START, PART, END]]
    assert len(asked) == (1 if is_kept else 2)
