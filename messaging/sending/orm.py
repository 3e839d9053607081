"""Store messages with the ORM, one transaction each: for requests, and for SQLite."""

from collections.abc import Sequence
from typing import Any, cast

from django.db import transaction

from messaging import access, message_extras
from messaging.files import sending as files
from messaging.held import holding
from messaging.lanes import orm as lanes
from messaging.models import SUBJECT_KIND, Conversation, Message, Side
from messaging.records import (
    Answer,
    Attempt,
    Held,
    Sent,
    content_of,
    not_quotable,
    sent_content_of,
)
from messaging.sanctions import queries as sanctions
from messaging.team import queries as team
from messaging.trust import spam
from notifications import actions as notifications
from trato.errors import conflict
from trato.realtime.database import run_in_database_thread
from trato.realtime.lock_waits import locked_if_refused, short_lock_waits
from trato.realtime.statements import Locked

from .base import Store


class OrmStore(Store):
    """Stores the sockets' messages on a database thread."""

    async def store(self, attempts: Sequence[Attempt]) -> list[Answer]:
        return await run_in_database_thread(store, attempts)


def store(attempts: Sequence[Attempt]) -> list[Answer]:
    """Store each attempt in a separate transaction, see `Store.store`.

    If an attempt would have to wait for a lock, the result for it and for later attempts in its
    conversation is `Locked`.
    """
    answers: list[Answer] = []
    locked: set[int] = set()
    with short_lock_waits():
        for attempt in attempts:
            if attempt.conversation_id in locked:
                answers.append(Locked())
                continue
            try:
                with locked_if_refused():
                    answers.append(store_one(attempt))
            except Locked as error:
                locked.add(attempt.conversation_id)
                answers.append(error)
            except Exception as error:
                answers.append(error)
    return answers


@transaction.atomic
def store_one(attempt: Attempt) -> Sent | Held:
    """Store a message, count it in its conversation and make it unread for the other side.

    A repeated `client_id` with the same text returns the first message. A message that needs a
    review is held instead.

    Raises:
        Http404: the conversation doesn't exist, or the sender doesn't take part in it.
        Refused: the checks' refusal, the one from `access.refusal_to_write`, `conflict` if the
            sender has sent a different text under this `client_id`, or `invalid` if the
            conversation has no message with the quoted number.
    """
    sender = attempt.sender
    conversation = access.conversation_for(sender, attempt.conversation_id, lock=True)
    earlier = conversation.messages.filter(sender_id=sender.pk, client_id=attempt.client_id)
    if first := earlier.select_related("sender").first():
        is_same = sent_content_of(first) == content_of(attempt)
        if not is_same or not files.is_same(first, attempt):
            raise conflict()
        return _complete(Sent.of(first, takes=_takes(conversation, first)))
    if not attempt.released and (before := holding.repeated(conversation, attempt)):
        return before
    if attempt.refusal is not None:
        raise attempt.refusal
    access.require_writable(conversation, sender.pk)
    if conversation.is_limited and not attempt.released:
        sanctions.require_within_limit(conversation, sender.pk)
    if attempt.quote is not None and not 0 < attempt.quote <= conversation.last_sequence:
        raise not_quotable()
    if conversation.checks_spam and not (attempt.held_for or attempt.released):
        attempt.held_for = spam.reason_to_hold(conversation, sender, attempt.body)
    if waiting := holding.hold(conversation, attempt):
        return waiting
    claimed = files.claim(conversation, attempt) if attempt.files else []
    message = Message.objects.create(
        **content_of(attempt),
        attached=files.attached_of(claimed),
        conversation=conversation,
        sequence=conversation.last_sequence + 1,
        revision=conversation.revision + 1,
        client_id=attempt.client_id,
        sender=cast(Any, sender),
        side=conversation.side_of(sender.pk),
        created_at=sanctions.time_to_write(sender.pk),
    )
    files.attach(message, claimed)
    _count(conversation, message)
    return _complete(
        Sent.of(
            message,
            is_new=True,
            badges=_notify_other_side(conversation, message),
            takes=_takes(conversation, message),
        )
    )


def _complete(sent: Sent) -> Sent:
    message_extras.load([sent])
    return sent


def _count(conversation: Conversation, message: Message) -> None:
    lanes.say(conversation, message)
    conversation.last_sequence = message.sequence
    conversation.revision = message.revision
    conversation.save(
        update_fields=[
            "last_sequence",
            "revision",
            "last_message_at",
            "last_message_hour",
            "turn",
            "waiting_since",
        ]
    )


def _takes(conversation: Conversation, message: Message) -> bool:
    is_reply = message.side == Side.SELLER and not message.is_automatic
    return is_reply and team.takes(conversation, message.sender_id)


def _notify_other_side(conversation: Conversation, message: Message) -> list[int]:
    """Make the conversation unread for the other side; return the people for whom this is new."""
    is_question = message.side == Side.CONSUMER
    name = message.sender_name
    return notifications.notify(
        team.alerted(conversation) if is_question else [conversation.consumer_id],
        subject_kind=SUBJECT_KIND,
        subject_id=conversation.pk,
        title=name if is_question or message.is_automatic else f"{name} · {conversation.shop_name}",
        excerpt=message_extras.excerpt_of(message, message.body),
        url=conversation.get_absolute_url(),
        happened_at=message.created_at,
        team_id=conversation.shop_id if is_question else None,
        announce=False,
    )
