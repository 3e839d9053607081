"""A tab that follows the protocol, and logs what it sees.

It resumes every conversation from its highest revision, requests pages while there are more, keeps
messages in an outbox until they are acknowledged, and compares heartbeats with what it has. It
sends some messages twice in a row, like a double click.
"""

import asyncio
import random
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from . import face
from .files import Files
from .held import HeldMessages
from .history import History
from .reconnecting_socket import Address, ReconnectingSocket
from .rules import MARKER
from .thread import Item, Thread

ANSWER_PATIENCE = 10.0  # seconds until an unacknowledged message is resent
TWICE = 0.1  # the share of sends


@dataclass(frozen=True)
class Person:
    """The person of a client; `cookie` is the session's."""

    id: int
    cookie: str


@dataclass
class Waiting:
    """A message in the outbox."""

    conversation: int
    body: str
    quote: int | None = None
    files: list[int] | None = field(default_factory=list)  # None while they are uploaded
    sent_at: float = 0.0
    not_before: float = 0.0


class Tab(ReconnectingSocket):
    """One tab.

    Args:
        name: unique within its history.
        conversations: the conversations that it keeps open.
        address: called for each connection, so that a client may get another process.
        silence: seconds without a frame after which the connection counts as broken.
        watched: the conversations in which some messages are suspicious.
    """

    def __init__(
        self,
        name: str,
        person: Person,
        conversations: list[int],
        address: Address,
        history: History,
        *,
        silence: float,
        watched: Collection[int] = (),
        seed: int = 0,
    ) -> None:
        self.name = name
        self.person = person
        self.threads = {pk: Thread(pk) for pk in conversations}
        self.outbox: dict[str, Waiting] = {}
        self.unread: int | None = None
        self.live = asyncio.Event()
        self._history = history
        self._watched = watched
        self._random = random.Random(f"{seed}/{name}")
        self._sent: dict[int, dict[int, str]] = {pk: {} for pk in conversations}
        self._edits = 0
        self._opening: dict[int, float] = {}
        self._resumed: set[int] = set()
        self._lost_at = time.monotonic()
        super().__init__(address, person.cookie, silence, self._random)
        self.files = Files(lambda: self._address(), person.cookie, self._note)
        self.held = HeldMessages(self.files.ask, self._note)

    async def run(self) -> None:
        """Stay connected until cancelled or told not to reconnect."""
        resender = asyncio.create_task(self._resend())
        try:
            await super().run()
        finally:
            resender.cancel()
            self.files.close()

    # -- in ----------------------------------------------------------------------------------

    def _lost(self, code: str) -> None:
        self._note("closed", code=code)
        if self.live.is_set():
            self._lost_at = time.monotonic()
        self.live.clear()
        self._opening.clear()
        self._resumed.clear()
        for waiting in self.outbox.values():
            waiting.sent_at = 0.0

    async def _receive_frame(self, frame: dict[str, Any], size: int) -> None:
        match frame["type"]:
            case "session.ready":
                self.failures = 0
                self.unread = frame["unread"]
                self._note("connect", unread=frame["unread"])
                for thread in self.threads.values():
                    await self._open(thread)
            case "conversation.state":
                await self._resume(frame, size)
            case "message.created" | "message.changed":
                await self._take(frame)
            case "message.accepted":
                self._note("ack", **_stored(frame))
                self._accepted(frame, self.outbox.pop(frame["client_id"], None))
            case "message.held":
                self.held.add(frame["client_id"], frame["conversation"])
                if waiting := self.outbox.pop(frame["client_id"], None):
                    await self._held(frame["client_id"], waiting)
            case "message.rejected":
                self.held.reject(frame["client_id"], frame["conversation"])
            case "heartbeat":
                await self._compare(frame["conversations"])
            case "badge":
                self.unread = frame["unread"]
                self._note("badge", unread=frame["unread"])
            case "error":
                self._refused(frame)

    async def _resume(self, frame: dict[str, Any], size: int) -> None:
        pk = frame["conversation"]
        self._opening.pop(pk, None)
        self._note("page", conversation=pk, revision=frame["revision"], size=size)
        items = [self._receive(message, "page") for message in frame["messages"]]
        thread = self.threads.get(pk)
        if thread is None:
            return
        resuming = thread.revision > 0
        self._apply(thread, thread.resume(items, frame["revision"]))
        if (frame["more"] and resuming) or thread.has_gap:
            await self._open(thread)
            return
        self._resumed.add(pk)
        if self._resumed.issuperset(self.threads) and not self.live.is_set():
            self.live.set()
            self._note("live", seconds=time.monotonic() - self._lost_at)
            for client_id in list(self.outbox):
                await self._send(client_id)

    async def _take(self, frame: dict[str, Any]) -> None:
        item = self._receive(frame, "live")
        thread = self.threads.get(frame["conversation"])
        if thread is None:
            return
        if thread.revision:  # before the first page there is nothing to compare with
            self._apply(thread, thread.add_live(item))
        if thread.has_gap and thread.pk not in self._opening:
            self._note("gap", conversation=thread.pk, revision=thread.revision)
            await self._open(thread)

    def _receive(self, message: dict[str, Any], how: str) -> Item:
        stored = _stored(message)
        thread = self.threads.get(message["conversation"])
        late = (
            thread is not None
            and how == "live"
            and message["revision"] <= thread.revision
            and message["id"] not in thread.known
        )
        if thread is not None:
            self.files.see(message)
        if self.held.deliver(message["client_id"]):
            self._accepted(message, None)
        changed = face.has_changed(message)
        how = "late" if late else how
        self._note("receipt", **stored, changed=changed, face=face.of_frame(message), how=how)
        return Item(
            message["id"],
            message["sequence"],
            message["revision"],
            message["client_id"],
            changed,
        )

    def _apply(self, thread: Thread, items: list[Item]) -> None:
        for item in items:
            self._note(
                "applied",
                conversation=thread.pk,
                id=item.id,
                sequence=item.sequence,
                revision=item.revision,
                changed=item.changed,
            )

    async def _compare(self, revisions: dict[str, int]) -> None:
        for key, revision in revisions.items():
            thread = self.threads.get(int(key))
            if thread and revision > thread.revision and thread.pk not in self._opening:
                self._note("healed", conversation=thread.pk, revision=revision)
                await self._open(thread)

    def _refused(self, frame: dict[str, Any]) -> None:
        client_id = frame.get("client_id")
        if client_id is None:
            self._note("error", code=frame["code"])
            return
        waiting = self.outbox.get(client_id)
        self._note(
            "refused",
            code=frame["code"],
            client_id=client_id,
            conversation=waiting.conversation if waiting else 0,
        )
        if waiting and frame["code"] in ("unavailable", "rate_limited"):
            waiting.not_before = time.monotonic() + frame.get("retry_after", 0.5)
            waiting.sent_at = 0.0
        elif waiting:
            del self.outbox[client_id]

    # -- what the person does then -----------------------------------------------------------

    def _accepted(self, frame: dict[str, Any], waiting: Waiting | None) -> None:
        """Called when a message of the person has its place in the log.

        Args:
            waiting: the message as it was in the outbox; None if it was accepted before.
        """

    async def _held(self, client_id: str, waiting: Waiting) -> None:
        """Called when a message of the person is being checked."""

    # -- out ---------------------------------------------------------------------------------

    async def _open(self, thread: Thread) -> None:
        self._opening[thread.pk] = time.monotonic()
        await self._write(type="conversation.open", conversation=thread.pk, since=thread.revision)

    async def _send(self, client_id: str) -> None:
        waiting = self.outbox[client_id]
        if not self.live.is_set() or waiting.files is None:
            return
        waiting.sent_at = time.monotonic()
        how = "suspicious" if MARKER in waiting.body else ""
        for _ in range(2 if self._random.random() < TWICE else 1):
            self._note("send", conversation=waiting.conversation, client_id=client_id, how=how)
            await self._write(
                type="message.send",
                conversation=waiting.conversation,
                client_id=client_id,
                body=waiting.body,
                quote=waiting.quote,
                files=waiting.files,
            )

    async def _resend(self) -> None:
        """Resend unacknowledged messages, and request pages again that did not arrive."""
        while True:
            await asyncio.sleep(0.25)
            now = time.monotonic()
            for client_id, waiting in list(self.outbox.items()):
                overdue = now - waiting.sent_at > ANSWER_PATIENCE
                if client_id in self.outbox and overdue and now >= waiting.not_before:
                    await self._send(client_id)
            for pk, since in list(self._opening.items()):
                if now - since > ANSWER_PATIENCE / 5:
                    await self._open(self.threads[pk])

    def _note(self, kind: Any, **details: Any) -> None:
        self._history.add(kind, self.name, self.person.id, **details)


def _stored(frame: dict[str, Any]) -> dict[str, Any]:
    names = ("conversation", "client_id", "id", "sequence", "revision")
    return {name: frame[name] for name in names}
