"""Let staff write to both sides of a conversation, and take it back. Both are recorded."""

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from messaging import access, events
from messaging.body import clean_body
from messaging.cases import claims
from messaging.frames import StaffMessageItem
from messaging.host import host
from messaging.models import Conversation, StaffMessage
from trato.audit.actions import record, require_permission, require_reason
from trato.clock import database_now
from trato.errors import AlreadyDone, Refused
from trato.people import Person

from . import notices
from .frames import StaffMessageChanged

PERMISSION = "messaging.write_staff_message"


@transaction.atomic
def write(
    actor: Person, case_id: int, *, client_id: uuid.UUID, body: str, reason: str
) -> StaffMessage:
    """Write to both sides of a case's conversation; the actor claims the case.

    The message also reaches people who are blocked, muted or suspended, and conversations that have
    ended.

    Args:
        client_id: the form's, so that it writes only one message.
        reason: why the actor writes, only for the audit trail.

    Raises:
        AlreadyDone: the form was already sent, with the same text.
        Claimed: somebody else is working on the case.
        PermissionDenied: the actor lacks the permission.
        ValidationError: the form was already sent with another text, the text isn't a valid
            message, no reason is given, the case isn't about a conversation, or the actor takes
            part in it.
        Case.DoesNotExist: there is no such open case.
    """
    require_permission(actor, PERMISSION)
    reason = require_reason(reason)
    case = claims.claim(actor, case_id)
    if case.conversation_id is None:
        raise ValidationError(_("This case is about no conversation."), code="invalid")
    try:
        text = clean_body(body)
    except Refused as refusal:
        raise ValidationError(str(refusal.detail), code=refusal.code) from refusal
    conversation = _locked(case.conversation_id)
    _require_uninvolved(actor, conversation)
    given = {"conversation": conversation, "author_id": actor.pk, "client_id": client_id}
    if earlier := StaffMessage.objects.filter(**given).first():
        if earlier.body == text:
            raise AlreadyDone(_("This message was sent before."))
        again = _("This form has sent another message. Open it again to write one more.")
        raise ValidationError(again, code="conflict")
    row = StaffMessage.objects.create(**given, case=case, body=text, created_at=database_now())
    _announce(conversation, row)
    notices.notify(conversation, row)
    record(actor, "staff_message.written", f"staff_message:{row.pk}", reason)
    return row


@transaction.atomic
def take_back(actor: Person, message_id: int, reason: str) -> StaffMessage:
    """Take a staff message back. Both sides see only that there was a message.

    Raises:
        AlreadyDone: the message has been taken back.
        Claimed: somebody else is working on a case about the conversation.
        PermissionDenied: the actor lacks the permission.
        ValidationError: no reason is given, or the actor takes part in the conversation.
        StaffMessage.DoesNotExist: there is no such message.
    """
    require_permission(actor, PERMISSION)
    reason = require_reason(reason)
    conversation_id = StaffMessage.objects.values_list("conversation", flat=True).get(pk=message_id)
    claims.require_free(actor, Q(conversation=conversation_id))
    conversation = _locked(conversation_id)
    _require_uninvolved(actor, conversation)
    row = StaffMessage.objects.get(pk=message_id)
    if row.taken_back_at is not None:
        raise AlreadyDone(_("This message is taken back."))
    row.taken_back_at = timezone.now()
    row.save(update_fields=["taken_back_at"])
    _announce(conversation, row)
    notices.withdraw(row)
    record(actor, "staff_message.taken_back", f"staff_message:{row.pk}", reason)
    return row


def mark_read(actor: Person, conversation_id: int) -> None:
    """Mark the notices of staff messages as read, because the actor sees the conversation.

    Raises:
        Http404: the conversation doesn't exist, or the actor doesn't take part in it.
    """
    conversation = access.conversation_for(actor, conversation_id)
    keys = list(conversation.staff_messages.values_list("pk", flat=True))
    notices.mark_read(actor, keys)


def _announce(conversation: Conversation, row: StaffMessage) -> None:
    """Send a message to both sides on commit, as the next revision, so that nobody misses it."""
    conversation.revision += 1
    conversation.has_staff_messages = True
    conversation.save(update_fields=["revision", "has_staff_messages"])
    frame = StaffMessageChanged(conversation.pk, conversation.revision, StaffMessageItem.of(row))
    events.send_change(conversation, frame)


def _locked(conversation_id: int) -> Conversation:
    rows = Conversation.objects.select_related("shop")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=conversation_id)


def _require_uninvolved(actor: Person, conversation: Conversation) -> None:
    people = (conversation.consumer_id, *host.members_of(conversation.shop_id))
    claims.require_uninvolved(actor, people)
