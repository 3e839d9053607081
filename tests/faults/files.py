"""A client's file transfers: upload its own, fetch those it is shown, and try others'."""

import asyncio
import http.client
import json
import uuid
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import urlsplit

TRIES = 20  # attempts at one failing request before a client gives up
PAUSE = 0.25  # seconds between these attempts
TIMEOUT = 5.0  # seconds
CSRF = "x" * 32
BOUNDARY = "a-file-in-a-form"
FINAL = (200, 400, 401, 403, 404, 409)  # other responses say "not now"

_threads = ThreadPoolExecutor(16, thread_name_prefix="files")
_unsent: dict[int, set[int]] = {}  # by conversation: files that nobody else has asked for yet


class Files:
    """The files of one client.

    It fetches each file as soon as it is shown (`shown`), and again once the message is gone
    (`gone`). It also tries files that others have uploaded but not sent yet, or whose messages are
    held (`unsent`).

    Args:
        address: returns the URL of the server to ask, for each request.
        note: adds an event to the history.
    """

    def __init__(self, address: Callable[[], str], cookie: str, note: Callable[..., None]) -> None:
        self._address, self._cookie, self._note = address, cookie, note
        self._shown: dict[int, list[int]] = {}  # by message
        self._gone: set[int] = set()
        self._own: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def is_busy(self) -> bool:
        return bool(self._tasks)

    def is_gone(self, message: int) -> bool:
        """Whether the client knows that a message was withdrawn or removed."""
        return message in self._gone

    def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()

    async def upload(self, conversation: int, client_id: str, number: int) -> list[int] | None:
        """Upload files for a message, each until it is stored; None if one is refused for good."""
        files = []
        for _ in range(number):
            key = str(uuid.uuid4())
            file = await self._upload(conversation, key, client_id)
            if file is None:
                return None
            self._own.add(file)
            self._note("uploaded", conversation=conversation, client_id=client_id, file=file)
            _unsent.setdefault(conversation, set()).add(file)
            files.append(file)
        return files

    def see(self, message: dict[str, Any]) -> None:
        """Fetch the files of a message that has arrived, once; and once more when it is gone."""
        pk, conversation = message["id"], message["conversation"]
        shown = [file["id"] for file in message["files"]]
        if shown and pk not in self._shown and pk not in self._gone:
            self._shown[pk] = shown
            self.spawn(self._fetch(conversation, pk, shown, "shown"))
        if (message["removed"] or message["withdrawn"]) and pk not in self._gone:
            self._gone.add(pk)
            self.spawn(self._fetch(conversation, pk, self._shown.get(pk, []), "gone"))

    def hold(self, conversation: int, files: list[int]) -> None:
        """Record that the message with these files is held, so others must not get them yet."""
        _unsent.setdefault(conversation, set()).update(files)

    async def peek(self, conversation: int) -> None:
        """Try to fetch what others have uploaded a moment ago."""
        unsent = _unsent.get(conversation, set())
        others = [file for file in unsent if file not in self._own]
        unsent.difference_update(others)
        await self._fetch(conversation, 0, others, "unsent")

    async def _fetch(self, conversation: int, message: int, files: list[int], how: str) -> None:
        for file in files:
            path = f"/conversation/{conversation}/files/{file}/"
            for _ in range(TRIES):
                status, content = await self.ask("GET", path)
                if status in FINAL or how == "unsent":
                    break
                await asyncio.sleep(PAUSE)
            code = str(status)
            if status == 200 and not content.startswith(b"%PDF-"):
                code = "other content"
            self._note(
                "fetched", conversation=conversation, id=message, file=file, how=how, code=code
            )

    async def _upload(self, conversation: int, key: str, client_id: str) -> int | None:
        content = f"%PDF-1.7\n% {client_id} {key}\n%%EOF\n"
        body = "".join(
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; {name}\r\n\r\n{value}\r\n"
            for name, value in (
                ("name=client_id", key),
                ("name=file; filename=rules.pdf", content),
            )
        )
        whole = f"{body}--{BOUNDARY}--\r\n".encode()
        while True:
            path = f"/conversation/{conversation}/files/"
            status, answer = await self.ask("POST", path, whole)
            if status == 200:
                return int(json.loads(answer)["id"])
            if status in FINAL:
                return None
            await asyncio.sleep(PAUSE)

    async def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Return status and content of a response; status 0 if there is none."""
        ask = partial(_request, self._address(), self._cookie, method, path, body)
        return await asyncio.get_running_loop().run_in_executor(_threads, ask)


def _request(
    address: str, cookie: str, method: str, path: str, body: bytes | None
) -> tuple[int, bytes]:
    host = urlsplit(address).netloc
    headers = {
        "Cookie": f"csrftoken={CSRF}; sessionid={cookie}",
        "X-CSRFToken": CSRF,
        "Accept": "application/json",
    }
    if body is not None:
        headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
    line = http.client.HTTPConnection(host, timeout=TIMEOUT)
    try:
        line.request(method, path, body, headers)
        answer = line.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        line.close()
