"""Carry out what a decision says, and undo it, under the locks that the caller has taken."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from messaging import events
from messaging.host import host
from messaging.lanes import actions as lanes
from messaging.lanes.turns import Turn
from messaging.models import Conversation, Decision, Message
from messaging.moderation import actions as moderation
from messaging.review import actions as review
from messaging.sanctions import actions as sanctions
from trato.errors import AlreadyDone
from trato.people import is_deleted

Measure = Decision.Measure


# Measures on an item that several people share; each of them has a decision about it.
SHARED = (Measure.CLOSE, Measure.HIDE)


def together(decision: Decision) -> "QuerySet[Decision]":
    """Return the other decisions about a shared item. They stand or fall together."""
    rows = Decision.objects.filter(measure=decision.measure, overturned_at=None).order_by("pk")
    others = rows.exclude(pk=decision.pk)
    if decision.measure == Measure.CLOSE:
        return others.filter(conversation=decision.conversation_id)
    if decision.measure == Measure.HIDE and decision.product_id:
        return others.filter(product=decision.product_id)
    return others.none()


def lock_things(decision: Decision) -> None:
    """Lock a decision's conversation, and reload it and its message.

    The caller holds the lock of the person (docs/decisions/0013-lock-order.md).
    """
    pk = decision.message.conversation_id if decision.message else decision.conversation_id
    if pk is None:
        return
    rows = Conversation.objects.select_related("shop", "consumer")
    conversation = rows.select_for_update(of=("self",), no_key=True).get(pk=pk)
    decision.conversation = conversation
    if decision.message_id:
        message = Message.objects.select_related("sender").get(pk=decision.message_id)
        message.conversation = conversation
        decision.message = message
    if decision.held is not None:
        decision.held.conversation = conversation


def carry_out(decision: Decision) -> None:
    """Do what a stored decision says.

    Raises:
        AlreadyDone: the item or the person is already in that state.
    """
    match decision.measure:
        case Measure.REMOVE if message := decision.message:
            if message.removed_at:
                raise already(_("This message has already been removed."), decision)
            moderation.hide(message)
        case Measure.REJECT if held := decision.held:
            review.refuse(held)
        case Measure.CLOSE if conversation := decision.conversation:
            if conversation.ended_at:
                raise already(_("This conversation has already ended."), decision)
            _close(conversation)
        case Measure.HIDE if product := decision.product:
            if not host.set_hidden(product.pk, hidden=True):
                raise already(_("This product is already off sale."), decision)
            product.refresh_from_db()
        case Measure.LIMIT | Measure.MUTE | Measure.SUSPEND:
            sanctions.impose(decision)


def already(text: str, decision: Decision) -> AlreadyDone:
    """Return the refusal of a measure already in force, with who decided it, if staff did."""
    same = Decision.objects.exclude(pk=decision.pk).filter(
        measure=decision.measure, overturned_at=None
    )
    if decision.measure == Measure.REMOVE:
        same = same.filter(message=decision.message)
    elif decision.measure == Measure.CLOSE:
        same = same.filter(conversation=decision.conversation)
    elif decision.measure == Measure.HIDE:
        same = same.filter(product=decision.product)
    else:
        same = same.filter(person=decision.person)
    before = same.select_related("decided_by").first()
    if before is None:
        return AlreadyDone(text)
    return AlreadyDone(text, before.decided_by, before.created_at)


def undo(decision: Decision) -> None:
    """Undo everything a decision did, unless another one requires the same or an account is gone.

    Args:
        decision: overturned, as are the decisions that stand or fall with it.
    """
    others = Decision.objects.exclude(pk=decision.pk).filter(
        measure=decision.measure, overturned_at=None
    )
    match decision.measure:
        case Measure.REMOVE if message := decision.message:
            if message.removed_at and not others.filter(message=message).exists():
                moderation.show_again(message)
        case Measure.REJECT if held := decision.held:
            review.deliver_after_all(held)
        case Measure.CLOSE if conversation := decision.conversation:
            if conversation.is_closed:
                _reopen(conversation, decision)
        case Measure.HIDE if decision.product_id:
            host.set_hidden(decision.product_id, hidden=False)
        case Measure.LIMIT | Measure.MUTE | Measure.SUSPEND:
            sanctions.lift(decision)


def _close(conversation: Conversation) -> None:
    conversation.ended_at, conversation.is_closed = timezone.now(), True
    conversation.revision += 1
    conversation.save(update_fields=["ended_at", "is_closed", "revision"])
    lanes.move([conversation], lambda _row: Turn())
    events.conversations_ended([conversation])


def _reopen(conversation: Conversation, decision: Decision) -> None:
    conversation.is_closed = False
    if not is_deleted(conversation.consumer) and host.keep_open(conversation.shop_id):
        conversation.ended_at = None
    conversation.revision += 1
    conversation.save(update_fields=["ended_at", "is_closed", "revision"])
    if conversation.ended_at is None:
        lanes.reopen(conversation, decision.starts_at)
        events.conversation_reopened(conversation)
