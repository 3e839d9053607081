"""Sends of the sockets and of requests. Those of the sockets are gathered, see `batcher`.

A send is acknowledged after COMMIT and never before.
"""

import asyncio
import uuid
from collections.abc import Sequence

from django.db import connection
from django.http import Http404

from messaging import actions, events, frames
from messaging.body import clean_body, excerpt
from messaging.host import host
from messaging.models import Message, conversation_url
from messaging.rate_limits import limits
from trato.errors import Refused, conflict
from trato.people import Person
from trato.realtime import metrics
from trato.realtime.background import per_loop, spawn
from trato.realtime.database import run_in_database_thread
from trato.realtime.statements import StatementConnection

from . import postgresql
from .batcher import Answer, Batcher, Held, NotYet, Send, outcome_of


def submit(person: Person, frame: frames.Send) -> "asyncio.Future[str]":
    """Send a message as `actions.send` does.

    Returns:
        The acknowledgement as the text of a frame, or what `actions.send` raises. A repeat of
        a send that is still under way shares its answer. Not to be cancelled.
    """
    return _batcher().submit(Send(person, frame.conversation, frame.client_id, frame.body))


def send_now(person: Person, conversation_id: int, client_id: uuid.UUID, body: str) -> Message:
    """`actions.send`, counted: for a request, which waits for nobody else's send."""
    try:
        message = actions.send(person, conversation_id, client_id, body)
    except Exception as error:
        metrics.sends.labels(outcome_of(error)).inc()
        raise
    metrics.sends_accepted.inc()
    return message


def send_form(person: Person, conversation_id: int, client_id: uuid.UUID, body: str) -> Message:
    """`send_now` for a form without a script, whose `client_id` may be older than its words.

    Whoever goes back to a form that was sent and writes something else posts the same
    `client_id`. The other words are a new message, and a second click on them is that one again.
    """
    try:
        return send_now(person, conversation_id, client_id, body)
    except Refused as refusal:
        if refusal.code != "conflict":
            raise
    return send_now(person, conversation_id, uuid.uuid5(client_id, clean_body(body)), body)


async def close() -> None:
    """Close the connections to the database that this event loop's sends have opened."""
    _batcher().close()


@per_loop
def _batcher() -> Batcher:
    if connection.vendor == "postgresql":
        return Batcher(_ask, _store, _answers, _tell, _give_back)
    return Batcher(_ask_nothing, _store_each, _same, _tell_nobody)


metrics.sends_waiting.set_function(lambda: sum(len(batcher.sends) for batcher in _batcher.all()))


# -- By the ORM, one transaction each, on a database thread --------------------------------------


async def _ask_nothing(batch: Sequence[Send]) -> None:
    """`actions.send` asks for itself."""


async def _store_each(
    batch: Sequence[Send], _connection: StatementConnection
) -> tuple[list[Answer], Held]:
    return await run_in_database_thread(_send_each, batch), ()


def _send_each(batch: Sequence[Send]) -> list[Answer]:
    answers: list[Answer] = []
    for send in batch:
        try:
            message = actions.send(send.person, send.conversation_id, send.client_id, send.body)
            answers.append(frames.MessageAccepted.of(message))
        except Exception as error:
            answers.append(error)
    return answers


def _same(_batch: Sequence[Send], answers: list[Answer]) -> list[Answer]:
    return answers


def _tell_nobody(_batch: Sequence[Send], _answers: list[Answer]) -> None:
    """`actions.send` has told everybody."""


# -- By one statement for all of them ------------------------------------------------------------


async def _ask(batch: Sequence[Send]) -> None:
    within = await limits.hit_many("message", [send.person.pk for send in batch])
    for send, limit in zip(batch, within, strict=True):
        send.limit = send.refusal = limit
        try:
            send.body = clean_body(send.body)
        except Refused as bad_text:
            send.refusal = bad_text


async def _store(
    batch: Sequence[Send], connection: StatementConnection
) -> tuple[postgresql.Outcome, Held]:
    outcome = await postgresql.store(connection, [_attempt(send) for send in batch])
    return outcome, [batch[place - 1] for place in sorted(outcome.held)]


def _attempt(send: Send) -> postgresql.Attempt:
    # What is no text may be too long, or not storable: without words it is looked for all the same.
    body = send.body if send.refusal is send.limit else ""
    return postgresql.Attempt(
        conversation_id=send.conversation_id,
        sender_id=send.person.pk,
        sender_name=host.display_name(send.person),
        client_id=send.client_id,
        body=body,
        excerpt=excerpt(body),
        url=conversation_url(send.conversation_id),
        allowed=send.refusal is None,
    )


def _answers(batch: Sequence[Send], outcome: postgresql.Outcome) -> list[Answer | None]:
    answers: list[Answer | None] = []
    for place, send in enumerate(batch, start=1):
        stored = outcome.stored.get(place)
        if stored is not None:
            answers.append(_accepted(send, stored) if stored.is_same else conflict())
        elif place in outcome.failed:
            answers.append(outcome.failed[place])
        elif place in outcome.held:
            answers.append(NotYet)
        elif place in outcome.members and send.refusal is not None:
            answers.append(send.refusal)
        else:
            answers.append(Http404("no such conversation"))
    return answers


def _tell(batch: Sequence[Send], outcome: postgresql.Outcome) -> None:
    uncounted: list[Send] = []
    for place, send in enumerate(batch, start=1):
        stored = outcome.stored.get(place)
        if stored is not None and stored.is_new:
            events.message_stored(send, stored)
            continue
        if stored and stored.is_same and events.may_be_untold(stored.id, stored.created_at):
            spawn(run_in_database_thread(actions.tell_again, stored.id))
        if send.limit is None and place not in outcome.held:
            uncounted.append(send)  # a repeat or a refusal is not one more message
    events.badges_changed(outcome.badge_changed)
    _give_back(uncounted)


def _give_back(sends: Sequence[Send]) -> None:
    """Let these sends count for no limit: they are no messages."""
    people = [send.person.pk for send in sends if send.limit is None]
    if people:
        spawn(limits.give_back("message", people))


def _accepted(send: Send, stored: postgresql.Stored) -> frames.MessageAccepted:
    return frames.MessageAccepted(
        client_id=send.client_id,
        conversation=send.conversation_id,
        id=stored.id,
        sequence=stored.sequence,
        revision=stored.revision,
        created_at=stored.created_at,
    )
