"""Deliver, refuse and withdraw held messages."""

import uuid
from typing import Any, cast

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from messaging import access, events, pipeline
from messaging.cases import actions as cases
from messaging.cases import claims
from messaging.due.claims import claimed
from messaging.files import actions as files
from messaging.held import queries
from messaging.held.frames import MessageRejected
from messaging.host import host
from messaging.models import Appeal, Case, Conversation, Decision, File, HeldMessage, Sanction
from messaging.records import Attempt, Sent
from messaging.rules import staff_feedback
from messaging.sanctions.queries import unmuted
from messaging.sending import orm
from trato.audit import queries as audit
from trato.audit.actions import record, require_reason
from trato.clock import database_now
from trato.errors import AlreadyDone, Refused
from trato.people import Person
from trato.prepared import prepared

State = HeldMessage.State


@transaction.atomic
def release(actor: Person, held_id: int, reason: str) -> HeldMessage:
    """Release a held message. It is delivered once the sender's earlier ones are decided.

    Raises:
        AlreadyDone: it has been decided or withdrawn.
        Claimed: somebody else is working on its case.
        PermissionDenied: the actor lacks the permission.
        ValidationError: no reason is given, the actor is involved, or the sender can't write at
            present.
        HeldMessage.DoesNotExist: there is no such message.
    """
    row, reason = _to_decide(actor, held_id, reason)
    if not row.sender.is_active:
        raise ValidationError(_("This account is suspended. Nothing of it can be delivered."))
    _decide(row, State.CLEARED)
    record(actor, "held_message.released", row.subject, reason)
    _deliver_due(row.conversation, row.sender)
    staff_feedback.judge(row, is_wrong=True)  # locks the rule, so last
    row.refresh_from_db()
    return row


def refuse(row: HeldMessage) -> None:
    """Don't deliver a message, as a recorded decision says. It stays with its sender.

    Args:
        row: from `waiting`.
    """
    _refuse(row)
    _deliver_due(row.conversation, row.sender)


def deliver_after_all(row: HeldMessage) -> None:
    """Release a message after its rejection was overturned, unless the sender withdrew it.

    Args:
        row: with its conversation, which the caller has locked.
    """
    row.refresh_from_db(fields=["state", "body"])
    if row.state != State.REJECTED:
        return
    _decide(row, State.CLEARED)
    _deliver_due(row.conversation, row.sender)


@transaction.atomic
def withdraw(actor: Person, conversation_id: int, client_id: uuid.UUID) -> None:
    """Withdraw the actor's own held message, or hide it if it was rejected. Safe to repeat.

    Raises:
        Http404: there is no such message of the actor, or it has been delivered.
    """
    conversation = access.conversation_for(actor, conversation_id, lock=True)
    row = queries.find(conversation, actor.pk, client_id)
    if row is None or row.state == State.DELIVERED:
        raise Http404("no such held message")
    if row.state == State.WITHDRAWN:
        return
    files.delete(File.objects.filter(held_message=row))
    row.body = ""
    _decide(row, State.WITHDRAWN)
    _tell(row)
    _deliver_due(conversation, actor)


def _to_decide(actor: Person, held_id: int, reason: str) -> tuple[HeldMessage, str]:
    """Return a message that awaits a decision, under the lock of its conversation."""
    require_reviewer(actor)
    reason = require_reason(reason)
    conversation_id = HeldMessage.objects.get(pk=held_id).conversation_id
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    return waiting(actor, held_id, conversation), reason


def require_reviewer(actor: Person) -> None:
    """Raise PermissionDenied unless the actor may deliver and reject held messages."""
    if not (actor.is_active and actor.is_staff and actor.has_perm("messaging.review_held_message")):
        raise PermissionDenied("messaging.review_held_message")


def is_undecided(row: HeldMessage) -> bool:
    """Whether a message, or an appeal about it, awaits a decision.

    As long as it does, somebody has the task of reading its text.
    """
    return row.state == State.WAITING or (
        Appeal.objects.filter(decision__held=row, outcome="").exists()
    )


def waiting(actor: Person, held_id: int, conversation: Conversation) -> HeldMessage:
    """Return a message that awaits a decision that the actor may make. Claims its case.

    Args:
        conversation: locked.

    Raises:
        AlreadyDone: it has been decided or withdrawn.
        Claimed: somebody else is working on its case.
        ValidationError: the actor is involved.
        HeldMessage.DoesNotExist: it no longer exists.
    """
    row = HeldMessage.objects.select_related("sender").get(pk=held_id, conversation=conversation)
    row.conversation = conversation
    members = host.members_of(conversation.shop_id)
    claims.require_uninvolved(actor, [row.sender_id, conversation.consumer_id, *members])
    claims.require(actor, Case.Kind.HELD, row.subject)  # locked after the conversation, as in sends
    if row.state != State.WAITING:
        raise _decided(row)
    return row


def _decided(row: HeldMessage) -> AlreadyDone:
    """Return the refusal of a second decision about a message, with who made the first one."""
    if row.state == State.WITHDRAWN:
        return AlreadyDone(_("Its sender has taken this message back."))
    text = _("Somebody has already decided about this message.")
    rejections = Decision.objects.filter(held=row, measure=Decision.Measure.REJECT)
    if before := rejections.select_related("decided_by").first():
        return AlreadyDone(text, before.decided_by, before.created_at)
    released = audit.last("held_message.released", row.subject)
    return AlreadyDone(text, released and released.actor, row.decided_at)


def _deliver_due(conversation: Conversation, sender: Person) -> None:
    """Deliver what is no longer held, in the order of sending, up to a message that waits."""
    if not sender.is_active or not unmuted([sender.pk]):  # `due` tries again later
        return
    for row in queries.open_of(conversation, sender.pk):
        if row.state == State.WAITING and row.reason:
            return
        row.conversation, row.sender = conversation, cast(Any, sender)
        if not _deliver(row):
            return


def _deliver(row: HeldMessage) -> bool:
    """Store a message in the log, under its conversation's lock, and announce it on commit.

    Returns:
        Whether the delivery is settled. If the sender has been muted or suspended meanwhile, it
        waits.
    """
    attempt = Attempt(
        **{name: getattr(row, name) for name in HeldMessage.CONTENT},
        sender=row.sender,
        conversation_id=row.conversation_id,
        client_id=row.client_id,
        files=list(row.files.order_by("position").values_list("pk", flat=True)),
        released=row.pk,
    )
    try:
        with transaction.atomic():
            sent = orm.store_one(attempt)
    except access.Muted:
        return False
    except (Refused, Http404):  # a block, the end of the conversation, or a deleted account
        if not _is_active(row.sender_id):
            return False
        _refuse(row)
        return True
    assert isinstance(sent, Sent)  # noqa: S101 - a released one isn't held
    row.body = ""  # the log has it now
    _decide(row, State.DELIVERED)
    transaction.on_commit(lambda: pipeline.announce([sent]))
    return True


def _is_active(person_id: int) -> bool:
    """Whether an account is active now, which a row that was read before may not tell."""
    return get_user_model()._default_manager.filter(pk=person_id, is_active=True).exists()


def _refuse(row: HeldMessage) -> None:
    _decide(row, State.REJECTED)
    _tell(row)


def _decide(row: HeldMessage, state: str) -> None:
    if row.state == State.WAITING:
        cases.close_case(Case.Kind.HELD, row.subject)
    row.state, row.decided_at = state, database_now()
    row.save(update_fields=["state", "decided_at", "body"])


def _tell(row: HeldMessage) -> None:
    sender_id, frame = row.sender_id, MessageRejected(row.client_id, row.conversation_id)
    transaction.on_commit(lambda: events.to_person(sender_id, frame))


def due(limit: int) -> int:
    """Deliver messages that are no longer held but whose sender could not write for a while.

    Conversations that somebody else has locked wait for the next time.

    Returns:
        The number of conversations checked.
    """
    pairs = dict.fromkeys(_deliverable(limit=limit))
    count = 0
    for conversation_id, sender_id in pairs:
        with transaction.atomic():
            for conversation in claimed(Conversation.objects.filter(pk=conversation_id), 1):
                sender = get_user_model()._default_manager.get(pk=sender_id)
                _deliver_due(conversation, sender)
                count += 1
    return count


@prepared
def _deliverable(*, limit: int) -> QuerySet[HeldMessage, tuple[int, int]]:
    """Return the conversations and senders of messages that are no longer held, in order."""
    blocked = HeldMessage.objects.filter(
        conversation=OuterRef("conversation"),
        sender=OuterRef("sender"),
        state=State.WAITING,
        pk__lte=OuterRef("pk"),
    ).exclude(reason="")
    free = Q(state=State.CLEARED) | Q(state=State.WAITING, reason="")
    mutes = Sanction.in_force(Sanction.Kind.MUTE).filter(person=OuterRef("sender"))
    rows = HeldMessage.objects.filter(
        free, ~Exists(blocked), ~Exists(mutes), sender__is_active=True
    )
    return rows.order_by("pk").values_list("conversation", "sender")[:limit]
