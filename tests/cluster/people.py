"""A client that anybody could write: HTTP with cookies, and the socket."""

import asyncio
import http.client
import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import websockets
from websockets.asyncio.client import ClientConnection
from websockets.typing import Origin

from tests.patience import PATIENCE

PASSWORD = "trato-demo"  # of all demo people


@dataclass
class Answer:
    """A server's response."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Person:
    """A person with a browser's cookies.

    Args:
        site: the URL of the site, which is also the origin of its pages.
    """

    site: str
    cookies: dict[str, str] = field(default_factory=dict)

    @classmethod
    def logged_in(cls, site: str, email: str) -> Self:
        """Log in as one of the demo people."""
        person = cls(site)
        person.get("/accounts/login/")
        answer = person.post("/accounts/login/", {"login": email, "password": PASSWORD})
        assert answer.status == 302, answer.text
        person.cookies.pop("django_language", None)  # so that a test's header chooses the language
        return person

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(
        self, path: str, fields: dict[str, str], *, at: str | None = None, **headers: str
    ) -> Answer:
        """Post a form with this person's CSRF token.

        Args:
            at: another URL, such as that of one Daphne.
        """
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self.ask("POST", path, urlencode(fields).encode(), at=at, headers=headers)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        at: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send one request on its own connection; header names with `_` for `-`."""
        own = {"Origin": self.site, "X-CSRFToken": self.cookies.get("csrftoken", "")}
        own["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        own |= {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        connection = http.client.HTTPConnection(urlsplit(at or self.site).netloc, timeout=PATIENCE)
        try:
            connection.request(method, path, body, own)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer

    def conversations(self) -> list[int]:
        """Return the IDs of this person's conversations, newest first."""
        page = self.get("/conversations/").text
        return [int(number) for number in re.findall(r"/conversation/(\d+)/", page)]

    def send(self, conversation: int, body: str, client_id: str | None = None) -> Answer:
        """Send by POST, like a page without a socket."""
        fields = {"body": body, "client_id": client_id or str(uuid.uuid4())}
        path = f"/conversation/{conversation}/new_message/"
        return self.post(path, fields, Accept="application/json")

    def messages(self, conversation: int, since: int = 0) -> Any:
        return self.get(f"/conversation/{conversation}/messages/?since={since}").json

    async def socket(self, at: str | None = None) -> "Socket":
        """Open a socket for this person, through nginx or directly `at` one Daphne."""
        host = urlsplit(at or self.site).netloc
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = await websockets.connect(
            f"ws://{host}/ws/",
            origin=Origin(self.site),
            additional_headers={"Cookie": cookies},
        )
        return Socket(connection)


class Socket:
    """An open socket."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, kind: str, **frame: Any) -> None:
        await self.connection.send(json.dumps({"type": kind, **frame}))

    async def next(self) -> Any:
        """Return the next frame of any type."""
        return json.loads(await self.connection.recv())

    async def next_frame(self, kind: str, seconds: float = PATIENCE) -> Any:
        """Return the next frame of a type; skip others."""
        async with asyncio.timeout(seconds):
            while True:
                frame = await self.next()
                if frame["type"] == kind:
                    return frame

    async def closed(self, seconds: float = PATIENCE) -> int | None:
        """Wait for the end; return its code (1006 if there was no close frame)."""
        async with asyncio.timeout(seconds):
            await self.connection.wait_closed()
            return self.connection.close_code

    async def close(self) -> None:
        await self.connection.close()
