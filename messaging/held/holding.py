"""Hold a message instead of storing it, under the lock of its conversation."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from messaging import events
from messaging.cases import actions as cases
from messaging.files import sending as files
from messaging.models import Case, Conversation, HeldMessage
from messaging.records import Attempt, Held
from trato.clock import database_now
from trato.errors import Refused, conflict

from . import queries
from .frames import held_frame

State = HeldMessage.State


def repeated(conversation: Conversation, attempt: Attempt) -> Held | None:
    """Return the response to a repeated send of a held message; None if it isn't one.

    Raises:
        Refused: `conflict` if the first one had different content; `forbidden` if it was not
            delivered, or was withdrawn.
    """
    if not conversation.has_held:
        return None
    row = queries.find(conversation, attempt.sender_id, attempt.client_id)
    if row is None:
        return None
    if row.state == State.REJECTED:
        raise Refused("forbidden", _("This message was not delivered."))
    if row.state == State.WITHDRAWN:
        raise Refused("forbidden", _("You've taken this message back."))
    is_same = all(getattr(row, name) == getattr(attempt, name) for name in HeldMessage.CONTENT)
    if not is_same or not _has_same_files(row, attempt):
        raise conflict()
    return _answer(row)


def hold(conversation: Conversation, attempt: Attempt) -> Held | None:
    """Hold a message if a rule requires it, or if an earlier one from its sender is still held.

    Args:
        conversation: locked; the sender may write there.

    Returns:
        The response; None if the message can be stored.
    """
    if attempt.released or attempt.is_automatic:
        return None
    waits = conversation.has_held and queries.open_of(conversation, attempt.sender_id).exists()
    if not (attempt.held_for or waits):
        return None
    claimed = files.claim(conversation, attempt) if attempt.files else []
    row = HeldMessage.objects.create(
        conversation=conversation,
        sender_id=attempt.sender_id,
        side=conversation.side_of(attempt.sender_id),
        client_id=attempt.client_id,
        **{name: getattr(attempt, name) for name in HeldMessage.CONTENT},
        reason=attempt.held_for,
        created_at=database_now(),
    )
    files.hold(row, claimed)
    if row.reason:
        cases.open_case(
            Case.Kind.HELD,
            row.subject,
            conversation_id=conversation.pk,
            person_id=attempt.sender_id,
        )
    if not conversation.has_held:
        Conversation.objects.filter(pk=conversation.pk).update(has_held=True)
    answer = _answer(row)
    answer.is_new = True
    transaction.on_commit(lambda: events.to_person(answer.sender_id, held_frame(answer)))
    return answer


def _answer(row: HeldMessage) -> Held:
    return Held(
        conversation_id=row.conversation_id,
        sender_id=row.sender_id,
        client_id=row.client_id,
        created_at=row.created_at,
    )


def _has_same_files(row: HeldMessage, attempt: Attempt) -> bool:
    """Whether a repeated send has the same files; as in the log, true for one without files."""
    own = [file.pk for file in row.files.order_by("position")]
    return not attempt.files or own == list(attempt.files)
