"""Replies to a socket's client: errors, and the outcome of each send."""

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext as _

from messaging import client_frames
from messaging.reading import batch as reading
from messaging.sending import submit as sending
from trato.errors import Refused, unavailable
from trato.realtime.close_codes import FLOODS
from trato.realtime.consumers import RealtimeConsumer
from trato.realtime.frames import Error, encode
from trato.realtime.token_bucket import TokenBucket

log = structlog.get_logger("trato.socket")

TEMPORARY = ("rate_limited", "unavailable")  # after these, the client resends the message


class Refusals:
    """Sends errors to one socket's client, in the client's language."""

    def __init__(self, socket: RealtimeConsumer) -> None:
        self._socket = socket
        self._bucket = TokenBucket(settings.SOCKET_BAD_FRAMES_PER_MINUTE)

    @contextmanager
    def answering(self, text: str | None) -> Iterator[None]:
        """Reply with an `error` if a frame is refused; raise other exceptions."""
        try:
            yield
        except Exception as error:
            self.answer(error, client_frames.client_id_of(text) if text else None)

    def answer(self, error: BaseException, client_id: str | None) -> None:
        """Tell the client why a frame was refused. Too many bad frames close the socket."""
        with translation.override(self._socket.language):
            match error:
                case Refused():
                    refusal = error
                case Http404():
                    refusal = Refused("not_found", _("We can't find that conversation."))
                case DatabaseError() | InterfaceError():
                    log.warning("database_unavailable", user=self._socket.user.pk)
                    refusal = unavailable()
                case _:
                    raise error
            self._socket.send_frame(encode(Error.of(refusal, client_id)))
        if refusal.code not in TEMPORARY and not self._bucket.consume():
            self._socket.spawn(self._socket.close(FLOODS))

    def answer_or_fail(self, error: BaseException, client_id: str | None) -> None:
        """Like `answer`, but close the socket on an unexpected error; the browser sends again."""
        try:
            self.answer(error, client_id)
        except Exception as unexpected:
            self._socket.spawn(self._socket.fail(unexpected))


class Sends:
    """One socket's sends that are in progress, or that its client will repeat."""

    def __init__(self, socket: RealtimeConsumer, refusals: Refusals, marks: "Marks") -> None:
        self._socket, self._refusals, self._marks = socket, refusals, marks
        self._answers: dict[int, asyncio.Future[str]] = {}  # by client_id

    def submit(self, frame: client_frames.Send) -> None:
        """Send a message. It is acknowledged when its batch is committed."""
        before = self._answers.get(frame.after.int) if frame.after else None
        answer = (
            sending.submit(self._socket.user, frame, self._socket.language)
            if before is None
            else asyncio.get_running_loop().create_task(self._submit_after(before, frame))
        )
        self._answers[frame.client_id.int] = answer
        self._socket.tasks.add(answer)
        answer.add_done_callback(partial(self._reply, frame.client_id))

    def try_now(self, text: str) -> bool:
        """Submit a send or advance a mark immediately, without ASGI's queue.

        Returns:
            False if the frame has to wait in the queue.
        """
        # The server has already counted the frame for the limit that `websocket_receive` uses.
        if self._socket.closing or not self._socket.at_rest:
            return False
        try:
            frame = client_frames.decode(text)
        except Refused:
            return False
        if isinstance(frame, client_frames.Send):
            self._socket.context.run(self.submit, frame)
            return True
        return isinstance(frame, client_frames.Read) and self._marks.try_add(frame)

    async def _submit_after(self, before: "asyncio.Future[str]", frame: client_frames.Send) -> str:
        """Store a message after another. If the client must resend that one, refuse this one."""
        await asyncio.wait([before])
        error = before.exception()
        if error is not None and is_temporary(error):
            raise error
        return await sending.submit(self._socket.user, frame, self._socket.language)

    def _reply(self, client_id: uuid.UUID, answer: "asyncio.Future[str]") -> None:
        self._socket.tasks.discard(answer)
        error, key = answer.exception(), client_id.int
        if (error is None or not is_temporary(error)) and self._answers.get(key) is answer:
            del self._answers[key]
        elif len(self._answers) > settings.SOCKET_SENDS_REMEMBERED:
            del self._answers[next(iter(self._answers))]
        if error is None:
            self._socket.send_frame(answer.result())
            return
        self._refusals.answer_or_fail(error, str(client_id))


class Marks:
    """One socket's read marks that are waiting to be stored."""

    def __init__(self, socket: RealtimeConsumer, refusals: Refusals) -> None:
        self._socket, self._refusals = socket, refusals
        self._waiting = 0

    def try_add(self, frame: client_frames.Read) -> bool:
        """Store a mark with the next batch; return False if too many are waiting."""
        if reading.raise_mark(self._socket.user, frame):
            return True
        if self._waiting >= settings.SOCKET_MARKS_WAITING_MAX:
            return False
        self._store(frame)
        return True

    async def add(self, frame: client_frames.Read) -> None:
        """Store a mark with the next batch; wait for it if too many are waiting."""
        if not self.try_add(frame):
            await asyncio.wait([self._store(frame)])

    def _store(self, frame: client_frames.Read) -> "asyncio.Future[Any]":
        answer = reading.mark_read(self._socket.user, frame.conversation, frame.sequence)
        self._waiting += 1
        self._socket.tasks.add(answer)
        answer.add_done_callback(self._reply)
        return answer

    def _reply(self, answer: "asyncio.Future[Any]") -> None:
        self._waiting -= 1
        self._socket.tasks.discard(answer)
        if not answer.cancelled() and (error := answer.exception()):
            self._refusals.answer_or_fail(error, None)


def is_temporary(error: BaseException) -> bool:
    """Whether the client should repeat a send after this error."""
    if isinstance(error, Refused):
        return error.code in TEMPORARY
    return not isinstance(error, Http404)
