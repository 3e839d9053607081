"""A person at a tab: writes, reads, changes messages, reacts, and sometimes trespasses."""

import asyncio
import time
import uuid
from typing import Any

from .rules import MARKER
from .tab import ANSWER_PATIENCE, Tab, Waiting

OUTBOX_SIZE = 20  # a person with this many waiting messages stops writing
QUOTING = 0.1  # the share of messages
SUSPICIOUS = 0.2  # of the messages in watched conversations
TAKEN_BACK = 0.2  # of the held messages, by their senders
WITH_FILES = 0.1
REGRETTED = 0.3  # of the messages with files: withdrawn soon
LATELY = 8  # messages of a conversation that people still change or react to
REACTIONS = ("🙏", "👍", "❤️", "😄", "😮", "😢")


class Client(Tab):
    """A tab whose person is busy."""

    async def write(self, conversation: int, *, innocent: bool = False) -> bool:
        """Write a message, whose body begins with its ID so that every copy is noticed.

        Returns False, and writes nothing, if the outbox is full. An `innocent` one is never held
        for its own text.
        """
        if len(self.outbox) >= OUTBOX_SIZE:
            return False
        client_id = str(uuid.uuid4())
        top = self.threads[conversation].top_sequence
        quote = top if top and self._random.random() < QUOTING else None
        body = f"{client_id} Is it still available?"
        watched = conversation in self._watched and not innocent
        if watched and self._random.random() < SUSPICIOUS:
            body = f"{body} It looks {MARKER}."
        waiting = self.outbox[client_id] = Waiting(conversation, body, quote)
        if self.live.is_set() and self._random.random() < WITH_FILES:
            waiting.files = None
            self.files.spawn(self._attach(client_id, waiting, self._random.randint(1, 2)))
        else:
            await self._send(client_id)
        return True

    async def read(self, conversation: int) -> None:
        """Mark everything as read that was delivered in order."""
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
        """React to a message, or to one of the last ones, from either side, but not the first."""
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
        """Withdraw a message. That is done once the change is seen or the connection is lost."""
        await asyncio.sleep(self._random.uniform(0.1, 0.3))
        await self._write(type="message.withdraw", conversation=conversation, sequence=sequence)
        deadline = time.monotonic() + ANSWER_PATIENCE
        while self.live.is_set() and not self.files.is_gone(pk) and time.monotonic() < deadline:
            await asyncio.sleep(0.05)

    def _accepted(self, frame: dict[str, Any], waiting: Waiting | None) -> None:
        pk, sequence = frame["conversation"], frame["sequence"]
        if waiting and waiting.files and self._random.random() < REGRETTED:
            self.files.spawn(self._regret(pk, sequence, frame["id"]))
        elif pk in self._sent:
            self._sent[pk][sequence] = frame["client_id"]

    async def _held(self, client_id: str, waiting: Waiting) -> None:
        """Write another message behind a held one, and perhaps withdraw the held one."""
        self.files.hold(waiting.conversation, waiting.files or [])
        if self._random.random() < TAKEN_BACK:
            delay = self._random.uniform(0.1, 0.5)
            self.files.spawn(self.held.take_back(client_id, delay))
        if MARKER in waiting.body:
            await self.write(waiting.conversation, innocent=True)
