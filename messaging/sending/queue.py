"""Keep the sends that are waiting to be stored, and pause conversations that are locked."""

import asyncio
import time
from collections.abc import Callable, Sequence

from django.conf import settings

from messaging import frames
from messaging.held.frames import held_frame
from messaging.records import Answer, Attempt, Held
from trato.realtime.frames import encode

Key = tuple[int, int, int]  # conversation, sender, client_id


class Send:
    """A send in progress; `answer` becomes the encoded acknowledgement, or raises."""

    __slots__ = ("answer", "attempt", "conversation", "key", "since")

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.conversation = attempt.conversation_id
        self.key: Key = (attempt.conversation_id, attempt.sender_id, attempt.client_id.int)
        self.since = time.monotonic()
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def resolve(self, answer: Answer) -> None:
        if isinstance(answer, Exception):
            self.answer.set_exception(answer)
            self.answer.exception()  # mark it as retrieved: the sender may be gone
        elif isinstance(answer, Held):
            self.answer.set_result(encode(held_frame(answer)))
        else:
            self.answer.set_result(encode(frames.MessageAccepted.of(answer)))


class Queue:
    """Hands out batches: no conversation is in two at once, and its messages stay in order.

    A conversation that another transaction has locked is paused for a while, longer each time. If a
    whole batch hits some other lock, it is unknown which message needs it. Its conversations are
    then isolated: they are stored one by one until each has succeeded.

    Args:
        wake: called when a conversation can be retried.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self.sends: list[Send] = []
        self.isolated: dict[int, None] = {}  # conversations; the one tried last is at the end
        self._wake = wake
        self._busy: set[int] = set()  # conversations that are being stored, or paused
        self._pauses: dict[int, float] = {}  # seconds, by locked conversation

    def take_batch(self) -> list[Send]:
        """Return the sends that can be stored now, in order."""
        held = self._busy.union(self.isolated)
        return self._take([send for send in self.sends if send.conversation not in held])

    def take_isolated(self) -> list[Send]:
        """Return the sends of one isolated conversation."""
        waiting = {send.conversation for send in self.sends} - self._busy
        first = next((one for one in self.isolated if one in waiting), None)
        return self._take([send for send in self.sends if send.conversation == first])

    def finish(self, batch: Sequence[Send], locked: Sequence[Send] = ()) -> None:
        """Unlock the conversations of a batch; put back the sends that hit a lock."""
        self._free(batch)
        if locked or self._pauses:
            kept = {send.conversation for send in locked}
            for conversation in {send.conversation for send in batch} - kept:
                self._forget(conversation)
            self._put_back(locked)

    def isolate(self, batch: Sequence[Send]) -> None:
        """Put back a batch that hit a lock, to be stored one conversation at a time."""
        self.isolated.update((send.conversation, None) for send in batch)
        self._free(batch)
        self._put_back(batch)

    def take_late(self) -> list[Send]:
        """Return sends that have waited for a lock longer than a send may wait for the database.

        Includes all sends behind them in their conversations, so that none overtakes another.
        """
        deadline = time.monotonic() - settings.STATEMENT_TIMEOUT_SECONDS
        late = {
            send.conversation
            for send in self.sends
            if send.since < deadline and send.conversation in self._pauses
        }
        taken = [send for send in self.sends if send.conversation in late]
        if late:
            self.sends = [send for send in self.sends if send.conversation not in late]
            for conversation in late:
                self._forget(conversation)
        return taken

    def _take(self, due: list[Send]) -> list[Send]:
        batch = due[: settings.SEND_BATCH_MAX]
        taken = set(batch)
        self.sends = [send for send in self.sends if send not in taken]
        self._busy.update([send.conversation for send in batch])
        return batch

    def _put_back(self, sends: Sequence[Send]) -> None:
        """Queue sends again, before any that arrived later; their conversations rest first."""
        self.sends[:0] = sends
        loop = asyncio.get_running_loop()
        for conversation in dict.fromkeys(send.conversation for send in sends):
            if conversation in self.isolated:
                del self.isolated[conversation]
                self.isolated[conversation] = None
            pause = 2 * self._pauses.get(conversation, settings.SEND_LOCK_PAUSE_SECONDS / 2)
            self._pauses[conversation] = pause = min(pause, settings.SEND_STALL_SECONDS)
            self._busy.add(conversation)
            loop.call_later(pause, self._end_rest, conversation)

    def _end_rest(self, conversation: int) -> None:
        self._busy.discard(conversation)
        self._wake()

    def _free(self, batch: Sequence[Send]) -> None:
        self._busy.difference_update([send.conversation for send in batch])

    def _forget(self, conversation: int) -> None:
        self._pauses.pop(conversation, None)
        self.isolated.pop(conversation, None)
