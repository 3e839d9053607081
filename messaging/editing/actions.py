"""Let people edit and withdraw their own messages.

`message_changes.store_change` stores a change, and `events.message_changed` sends it to both sides.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from messaging import access, events, pipeline
from messaging.body import normalize_body
from messaging.lanes import actions as lanes
from messaging.message_changes import locked_message, store_change
from messaging.models import Message, MessageVersion
from messaging.records import Attempt
from messaging.trust import spam
from trato import rate_limits
from trato.clock import database_now
from trato.errors import Refused, when_shown
from trato.people import Person


@rate_limits.given_back_on_failure
@transaction.atomic
def edit(actor: Person, conversation_id: int, sequence: int, body: str) -> tuple[Message, bool]:
    """Change a message's text, for `MESSAGE_EDIT_MINUTES` after it was sent.

    Nobody is alerted, and the turn stays as it is. The earlier text is kept in `MessageVersion`.

    Returns:
        The message, and whether anything has changed: the same text changes nothing.

    Raises:
        Http404: there is no such message, or the actor doesn't take part in the conversation.
        Refused: `forbidden` if it is too late, not the actor's own message, removed or withdrawn,
            or if the conversation has ended; `invalid` or `too_long` for the text; `rate_limited`
            after too many changes.
    """
    message = _own_message(actor, conversation_id, sequence)
    if message.withdrawn_at is not None:
        raise Refused("forbidden", _("You've withdrawn this message."))
    conversation = message.conversation
    access.require_writable(conversation, actor.pk)
    text = _clean(actor, message, body)
    if text == message.body:
        return message, False
    minutes = settings.MESSAGE_EDIT_MINUTES
    if not _is_within(message, timedelta(minutes=minutes)):
        raise _too_late(
            _("You can edit a message for %(count)s minutes after sending it."), minutes
        )
    if spam.reason_to_hold(conversation, actor, text):
        raise Refused("forbidden", _("A message that was sent can't be changed like this."))
    rate_limits.hit("MESSAGE_CHANGES_PER_MINUTE", actor.pk)
    now = database_now()
    earlier, before = message.versions.count(), message.body
    MessageVersion.objects.create(message=message, number=earlier + 1, body=before, created_at=now)
    message.body, message.edited_at = text, now
    store_change(message, "body", "edited_at")
    is_last = not conversation.messages.filter(side=message.side, sequence__gt=sequence).exists()
    if is_last:  # otherwise the notification is about a later message, which may say the same
        events.excerpt_changed(message, before, text)
    return message, True


@rate_limits.given_back_on_failure
@transaction.atomic
def withdraw(actor: Person, conversation_id: int, sequence: int) -> tuple[Message, bool]:
    """Take a message back, for `MESSAGE_WITHDRAW_HOURS` after it was sent.

    Both sides then see only that there was a message; staff can still read it. If the other side
    had nothing else to answer, the conversation no longer waits for that side. A message can also
    be withdrawn once the conversation has ended.

    Returns:
        The message, and whether anything has changed: it may have been withdrawn already.

    Raises:
        Http404: there is no such message, or the actor doesn't take part in the conversation.
        Refused: `forbidden` if it is too late, not the actor's own message, or removed;
            `rate_limited` after too many changes.
    """
    message = _own_message(actor, conversation_id, sequence)
    if message.withdrawn_at is not None:
        return message, False
    hours = settings.MESSAGE_WITHDRAW_HOURS
    if not _is_within(message, timedelta(hours=hours)):
        raise _too_late(
            _("You can withdraw a message for %(count)s hours after sending it."), hours
        )
    rate_limits.hit("MESSAGE_CHANGES_PER_MINUTE", actor.pk)
    message.withdrawn_at = database_now()
    store_change(message, "withdrawn_at")
    events.excerpt_changed(message, message.body)
    lanes.unsay(message)
    return message, True


def _own_message(actor: Person, conversation_id: int, sequence: int) -> Message:
    """Lock a conversation; return the actor's own message, which may be too old to change.

    An automatic message of the shop belongs to no person, and nobody can withdraw it.
    """
    message = locked_message(actor, conversation_id, sequence)
    if message is None:
        raise Http404("no such message")
    if message.sender_id != actor.pk or message.is_automatic:
        raise Refused("forbidden", _("You can only change your own messages."))
    if message.removed_at is not None:
        raise Refused("forbidden", _("This message was removed by our staff."))
    return message


def _clean(actor: Person, message: Message, body: str) -> str:
    """Check a message's new text; return it as it will be stored."""
    if normalize_body(body) == message.body:
        return message.body  # no rule questions text that stays the same
    attempt = Attempt(
        sender=actor,
        conversation_id=message.conversation_id,
        client_id=message.client_id,
        body=body,
        files=(0,) if message.attached else (),  # a message with files needs no text
        is_edit=True,
    )
    for check in pipeline.CHECKS_OF_WORDS:
        check.check(attempt)
    return attempt.body


def _is_within(message: Message, time: timedelta) -> bool:
    return database_now() - message.created_at <= time


def _too_late(text: str | Promise, count: int) -> Refused:
    return Refused("forbidden", when_shown(lambda: text % {"count": count}))
