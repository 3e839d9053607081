"""A client that follows the protocol, and logs what it sees.

It resumes every conversation from its highest revision, requests pages
while there are more, keeps messages in an outbox until they are acknowledged, and compares
heartbeats with what it has. It sends some messages twice at once, like a double click.
"""

import asyncio
import random
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from . import face
from .files import Files
from .history import History
from .reconnecting_socket import Address, ReconnectingSocket
from .thread import Item, Thread

ANSWER_PATIENCE = 10.0  # seconds until an unacknowledged message is sent again
OUTBOX_SIZE = 20  # a person with this many waiting messages stops writing
TWICE = 0.1  # the share of sends
QUOTING = 0.1
WITH_FILES = 0.1
REGRETTED = 0.3  # of the messages with files: withdrawn soon
LATELY = 8  # messages of a conversation that people still change or react to
REACTIONS = ("🙏", "👍", "❤️", "😄", "😮", "😢")


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


class Client(ReconnectingSocket):
    """One tab.

    Args:
        name: unique in its history.
        conversations: the conversations that it keeps open.
        address: called for each connection, so that a client may get another process.
        silence: seconds without a frame after which the connection counts as broken.
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
        seed: int = 0,
    ) -> None:
        self.name = name
        self.person = person
        self.threads = {pk: Thread(pk) for pk in conversations}
        self.outbox: dict[str, Waiting] = {}
        self.unread: int | None = None
        self.live = asyncio.Event()
        self._history = history
        self._random = random.Random(f"{seed}/{name}")
        self._sent: dict[int, dict[int, str]] = {pk: {} for pk in conversations}
        self._edits = 0
        self._opening: dict[int, float] = {}
        self._resumed: set[int] = set()
        self._lost_at = time.monotonic()
        super().__init__(address, person.cookie, silence, self._random)
        self.files = Files(lambda: self._address(), person.cookie, self._note)

    # -- what a person does ------------------------------------------------------------------

    async def write(self, conversation: int) -> bool:
        """Write a message, whose body begins with its ID so that every copy is noticed.

        Returns False, and writes nothing, if the outbox is full.
        """
        if len(self.outbox) >= OUTBOX_SIZE:
            return False
        client_id = str(uuid.uuid4())
        top = self.threads[conversation].top_sequence
        quote = top if top and self._random.random() < QUOTING else None
        body = f"{client_id} Is it still available?"
        waiting = self.outbox[client_id] = Waiting(conversation, body, quote)
        if self.live.is_set() and self._random.random() < WITH_FILES:
            waiting.files = None
            self.files.spawn(self._attach(client_id, waiting, self._random.randint(1, 2)))
        else:
            await self._send(client_id)
        return True

    async def read(self, conversation: int) -> None:
        """Mark as read everything that was delivered in order."""
        await self._write(
            type="conversation.read",
            conversation=conversation,
            sequence=self.threads[conversation].top_sequence,
        )

    async def change(self, conversation: int) -> None:
        """Edit or withdraw one of the person's last messages; each has its ID as before."""
        mine = list(self._sent[conversation].items())[-LATELY:]
        if not mine or not self.live.is_set():
            return
        sequence, client_id = self._random.choice(mine)
        place = {"conversation": conversation, "sequence": sequence}
        if self._random.random() < 0.3:
            del self._sent[conversation][sequence]
            await self._write(type="message.withdraw", **place)
            return
        self._edits += 1
        body = f"{client_id} Is it still available? Edit {self._edits}"
        await self._write(type="message.edit", **place, body=body)

    async def react(self, conversation: int, sequence: int = 0) -> None:
        """React to a message, or to one of the last ones, of whichever side, but the first."""
        top = self.threads[conversation].top_sequence
        if not sequence and top > 1:
            sequence = self._random.randint(max(2, top - LATELY), top)
        if sequence and self.live.is_set():
            await self._write(
                type="reaction.set",
                conversation=conversation,
                sequence=sequence,
                reaction=self._random.choice(REACTIONS),
            )

    async def trespass(self, conversation: int) -> None:
        """Try to read and to write without access."""
        await self._write(type="conversation.open", conversation=conversation, since=0)
        client_id = str(uuid.uuid4())
        self._note("send", conversation=conversation, client_id=client_id, how="trespass")
        await self._write(
            type="message.send",
            conversation=conversation,
            client_id=client_id,
            body=f"{client_id} I should not be here.",
        )

    async def run(self) -> None:
        """Stay connected until cancelled or told not to reconnect."""
        resender = asyncio.create_task(self._resend())
        try:
            await super().run()
        finally:
            resender.cancel()
            self.files.close()

    async def _attach(self, client_id: str, waiting: Waiting, number: int) -> None:
        """Upload the files of a message, take a moment to write it, and send it."""
        files = await self.files.upload(waiting.conversation, client_id, number)
        if files is None:  # no access any more
            self.outbox.pop(client_id, None)
            return
        await asyncio.sleep(self._random.uniform(0.1, 0.3))
        waiting.files = files
        await self._send(client_id)

    async def _regret(self, conversation: int, sequence: int, pk: int) -> None:
        """Withdraw a message; that is done once it is seen, or the connection is lost."""
        await asyncio.sleep(self._random.uniform(0.1, 0.3))
        await self._write(type="message.withdraw", conversation=conversation, sequence=sequence)
        deadline = time.monotonic() + ANSWER_PATIENCE
        while self.live.is_set() and not self.files.is_gone(pk) and time.monotonic() < deadline:
            await asyncio.sleep(0.05)

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
                waiting = self.outbox.pop(frame["client_id"], None)
                pk, sequence = frame["conversation"], frame["sequence"]
                if waiting and waiting.files and self._random.random() < REGRETTED:
                    self.files.spawn(self._regret(pk, sequence, frame["id"]))
                elif pk in self._sent:
                    self._sent[pk][sequence] = frame["client_id"]
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

    # -- out ---------------------------------------------------------------------------------

    async def _open(self, thread: Thread) -> None:
        self._opening[thread.pk] = time.monotonic()
        await self._write(type="conversation.open", conversation=thread.pk, since=thread.revision)

    async def _send(self, client_id: str) -> None:
        waiting = self.outbox[client_id]
        if not self.live.is_set() or waiting.files is None:
            return
        waiting.sent_at = time.monotonic()
        for _ in range(2 if self._random.random() < TWICE else 1):
            self._note("send", conversation=waiting.conversation, client_id=client_id)
            await self._write(
                type="message.send",
                conversation=waiting.conversation,
                client_id=client_id,
                body=waiting.body,
                quote=waiting.quote,
                files=waiting.files,
            )

    async def _resend(self) -> None:
        """Send unacknowledged messages again, and request pages again that did not arrive."""
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
