"""What people do in conversations. One function is one decision and one transaction."""

import uuid
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from notifications import actions as notifications
from trato.clock import database_now
from trato.errors import Refused, conflict
from trato.people import Person

from . import access, events
from .body import clean_body, excerpt, normalize_body
from .host import Product, Shop, host
from .models import SUBJECT_KIND, Conversation, Message, Participant, Side
from .rate_limits import limits


@limits.given_back_on_failure
@transaction.atomic
def start_conversation(
    actor: Person, *, product: Product | None = None, shop: Shop | None = None
) -> Conversation:
    """Find the shopper's conversation about a product, or with a shop, or open it.

    Two clicks at once find the same one: the database allows no second.

    Args:
        actor: the shopper.
        product: what it is about; its title, price and picture are kept as they stand now.
        shop: whom to ask, where it is about no product.

    Raises:
        Refused: `forbidden` at one's own shop, `rate_limited` after too many new ones.
    """
    shop = host.shop_of(product) if product else shop
    if shop is None:
        raise TypeError("a conversation needs a product or a shop")
    about = {"product_id": product.pk} if product else {"shop_id": shop.pk, "product": None}
    existing = Conversation.objects.filter(consumer_id=actor.pk, **about).first()
    if existing:
        return existing
    if host.is_member(actor.pk, shop.pk):
        raise Refused("forbidden", _("This is your own shop."))
    conversation = Conversation(consumer_id=actor.pk, shop_id=shop.pk, created_at=database_now())
    if product:
        conversation.product_id = product.pk
        card = host.product_card(product)
        conversation.product_title = card.title
        conversation.product_price = card.price
        conversation.product_currency = card.currency
        conversation.product_image = card.image_url
    try:
        with transaction.atomic():
            conversation.save(force_insert=True)
    except IntegrityError:
        return Conversation.objects.get(consumer_id=actor.pk, **about)
    limits.hit("conversation", actor.pk)
    return conversation


@limits.given_back_on_failure
@transaction.atomic
def send(actor: Person, conversation_id: int, client_id: uuid.UUID, body: str) -> Message:
    """Store a message, make it unread for the other side, and tell both sides on commit.

    A repeated `client_id` with the same words returns the first message, and counts for no limit.
    Should nobody have been told of that one, they are now.

    Raises:
        Http404: the actor takes no part in such a conversation.
        Refused: `conflict` if the actor has sent other words under this `client_id`, `invalid` or
            `too_long` for the text, `rate_limited` after too many.
    """
    conversation = access.conversation_for(actor, conversation_id, lock=True)
    sent = conversation.messages.filter(sender_id=actor.pk, client_id=client_id)
    if first := sent.select_related("sender").first():
        if first.body != normalize_body(body):
            raise conflict()
        if events.may_be_untold(first.pk, first.created_at):
            _tell_again(first)
        return first
    text = clean_body(body)
    limits.hit("message", actor.pk)

    side = conversation.side_of(actor.pk)
    message = Message.objects.create(
        conversation=conversation,
        sequence=conversation.last_sequence + 1,
        revision=conversation.revision + 1,
        client_id=client_id,
        sender=cast(Any, actor),
        side=side,
        body=text,
        created_at=database_now(),
    )
    conversation.last_sequence = message.sequence
    conversation.revision = message.revision
    conversation.last_message = message
    conversation.last_message_at = message.created_at
    if side is Side.SELLER and conversation.first_reply_seconds is None:
        waited = message.created_at - conversation.created_at
        conversation.first_reply_seconds = max(0, int(waited.total_seconds()))
    conversation.save(
        update_fields=[
            "last_sequence",
            "revision",
            "last_message",
            "last_message_at",
            "first_reply_seconds",
        ]
    )
    events.message_created(message)
    _notify_other_side(message, side)
    return message


@transaction.atomic
def tell_again(message_id: int) -> None:
    """Tell both sides of a message that was stored, perhaps with nobody told."""
    related = ("sender", "conversation")
    _tell_again(Message.objects.select_related(*related).get(pk=message_id))


@transaction.atomic
def mark_read(actor: Person, conversation_id: int, sequence: int) -> None:
    """A person has read up to a message; earlier marks never come back.

    Args:
        sequence: the last message seen; what lies beyond the end counts as the end.

    Raises:
        Http404: the actor takes no part in such a conversation.
    """
    conversation = access.conversation_for(actor, conversation_id, lock=True)
    side = conversation.side_of(actor.pk)
    sequence = min(sequence, conversation.last_sequence)
    participant, _created = Participant.objects.get_or_create(
        conversation=conversation, user_id=actor.pk, defaults={"side": side}
    )
    if sequence > participant.last_read_sequence:
        participant.last_read_sequence = sequence
        participant.save(update_fields=["last_read_sequence"])
        events.conversation_read(conversation, side, actor.pk, sequence)
    newer = conversation.messages.filter(
        sequence__gt=participant.last_read_sequence, side=side.other
    )
    if not newer.exists():
        notifications.mark_read(actor, subject_kind=SUBJECT_KIND, subject_id=conversation.pk)


def _tell_again(message: Message) -> None:
    events.message_created(message)
    notifications.announce_badges(_recipients(message.conversation, message.side))


def _recipients(conversation: Conversation, side: Side | str) -> list[int]:
    """Who is notified of a message of one side."""
    if side == Side.CONSUMER:
        return host.members_of(conversation.shop_id)
    return [conversation.consumer_id]


def _notify_other_side(message: Message, side: Side) -> None:
    conversation, sender = message.conversation, message.sender_name
    of_shop = f"{sender} · {conversation.shop_name}"
    notifications.notify(
        _recipients(conversation, side),
        subject_kind=SUBJECT_KIND,
        subject_id=conversation.pk,
        title=sender if side is Side.CONSUMER else of_shop,
        excerpt=excerpt(message.body),
        url=conversation.get_absolute_url(),
        happened_at=message.created_at,
        team_id=conversation.shop_id if side is Side.CONSUMER else None,
    )
