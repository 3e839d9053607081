"""Deliberate defects of a server. Each breaks one promise, which the checker must notice."""

import asyncio
import itertools
import random
import threading
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404

from messaging import access, client_frames, consumers, events, frames, pipeline, queries
from messaging.editing import actions as editing
from messaging.files import queries as file_queries
from messaging.files import sending as file_sending
from messaging.held import holding
from messaging.models import Conversation, File, Message
from messaging.records import Attempt, Held
from messaging.review import actions as review
from messaging.sending import orm, statement
from messaging.sending import submit as sending
from notifications.consumers import BadgeConsumer
from trato.people import Person
from trato.realtime import groups

from . import seams


def ack_before_commit() -> None:
    """Every ninth batch is acknowledged and announced, but never committed."""
    counter = itertools.count(1)

    async def around(storing: seams.Storing, execute: seams.Execute) -> bytes:
        await execute("BEGIN")
        answer = await storing()
        await execute("COMMIT" if next(counter) % 9 else "ROLLBACK")
        return answer

    seams.around_storing(around)


def no_dedupe() -> None:
    """A repeated `client_id` is treated as a new one."""
    submit = sending.submit

    def forgetful(
        person: Person, frame: client_frames.Send, language: str = ""
    ) -> "asyncio.Future[str]":
        own = uuid.uuid4()
        answer = asyncio.get_running_loop().create_future()

        def pass_on(done: "asyncio.Future[str]") -> None:
            if error := done.exception():
                answer.set_exception(error)
            else:
                answer.set_result(done.result().replace(str(own), str(frame.client_id)))

        other = msgspec.structs.replace(frame, client_id=own)
        submit(person, other, language).add_done_callback(pass_on)
        return answer

    sending.submit = forgetful


def global_cursor() -> None:
    """Resume from the highest ID of all messages instead of the conversation's own counter."""

    def messages_since(conversation: Conversation, revision: int) -> tuple[list[Message], bool]:
        rows = conversation.messages.select_related("sender").filter(id__gt=revision).order_by("id")
        return list(rows[: settings.MESSAGE_PAGE_SIZE]), False

    page = frames.page

    def page_with_id(conversation: Conversation, *args: Any, **options: Any) -> Any:
        state = page(conversation, *args, **options)
        newest = Message.objects.order_by("-id").values_list("id", flat=True).first()
        state.revision = newest or 0
        return state

    queries.messages_since = messages_since
    frames.page = page_with_id


def membership_unchecked() -> None:
    """Anybody who knows a conversation's ID is let in."""
    access.conversations_of = lambda user_id: Conversation.objects.filter(
        Q(consumer_id=user_id) | ~Q(consumer_id=user_id)
    )
    statement.participation_sql = lambda user_id: "TRUE"  # type: ignore[attr-defined]


def lost_without_heartbeat() -> None:
    """Half of all events are dropped, and no heartbeat makes up for them."""
    hand = groups.Hub.receive

    def forgetful(self: groups.Hub, group: str, event: groups.Event) -> None:
        if random.random() < 0.5:
            hand(self, group, event)

    async def beat(cls: type[BadgeConsumer], sockets: Sequence[BadgeConsumer]) -> None:
        await BadgeConsumer.beat.__func__(cls, sockets)  # type: ignore[attr-defined]

    groups.Hub.receive = forgetful  # type: ignore[method-assign]
    consumers.ChatConsumer.beat = classmethod(beat)  # type: ignore[assignment,method-assign]


def badge_counted_once() -> None:
    """The badge is sent at the beginning and never again."""

    def silent(self: BadgeConsumer) -> None:
        pass

    BadgeConsumer.show_badge = silent  # type: ignore[method-assign]


def revocation_unheard() -> None:
    """A socket never checks again whether it may stay."""

    async def careless(self: BadgeConsumer, event: object) -> None:
        pass

    BadgeConsumer.access_changed = careless  # type: ignore[method-assign]
    settings.SOCKET_SESSION_CHECK_SECONDS = 10**6


def edit_without_revision() -> None:
    """An edit is stored and announced, but doesn't count as a change of its conversation."""

    def store(message: Message, *columns: str) -> None:
        message.save(update_fields=columns)
        events.message_changed(message)

    editing.store_change = store  # type: ignore[attr-defined]


def reaction_lost_on_resume() -> None:
    """A client that resumes gets messages without their reactions."""
    messages_since = queries.messages_since

    def without(conversation: Conversation, revision: int) -> tuple[list[Message], bool]:
        rows, more = messages_since(conversation, revision)
        for row in rows:
            row.is_reacted = False
        return rows, more

    queries.messages_since = without


def file_shown_before_its_message() -> None:
    """Everybody in a conversation can fetch its files as soon as they are uploaded."""

    def file_for(user: Person, conversation_id: int, file_id: int) -> File:
        conversation = access.conversation_for(user, conversation_id)
        shown = Q(message=None) | Q(message__removed_at=None, message__withdrawn_at=None)
        rows = File.objects.filter(shown, conversation=conversation, is_ready=True)
        return get_object_or_404(rows, pk=file_id)

    file_queries.file_for = file_for


def message_shown_before_its_files() -> None:
    """A message is stored and announced, and gets its files only a moment later."""
    attach = file_sending.attach

    def later(message: Message, files: Sequence[File]) -> None:
        timer = threading.Timer(0.5, attach, [message, files])
        transaction.on_commit(timer.start)

    file_sending.attach = later


def held_overtaken() -> None:
    """What is sent after a held message is stored immediately instead of waiting behind it."""
    hold = holding.hold

    def impatient(conversation: Conversation, attempt: Attempt) -> Held | None:
        return hold(conversation, attempt) if attempt.held_for else None

    holding.hold = impatient


def held_shown_at_once() -> None:
    """The server tells the sender that a message is held, but stores and announces it."""
    hold = holding.hold

    def indiscreet(conversation: Conversation, attempt: Attempt) -> Held | None:
        answer = hold(conversation, attempt)
        if answer and not attempt.files:
            shown = msgspec.structs.replace(attempt, released=-1)
            transaction.on_commit(lambda: pipeline.announce([orm.store_one(shown)]))  # type: ignore[list-item]
        return answer

    holding.hold = indiscreet


def withdrawn_only_in_words() -> None:
    """The server tells a sender that a held message is withdrawn, but leaves it waiting."""
    review.withdraw = lambda actor, conversation_id, client_id: None


PLANTS: dict[str, Callable[[], None]] = {
    plant.__name__: plant
    for plant in (
        ack_before_commit,
        no_dedupe,
        global_cursor,
        membership_unchecked,
        lost_without_heartbeat,
        badge_counted_once,
        revocation_unheard,
        edit_without_revision,
        reaction_lost_on_resume,
        file_shown_before_its_message,
        message_shown_before_its_files,
        held_overtaken,
        held_shown_at_once,
        withdrawn_only_in_words,
    )
}
