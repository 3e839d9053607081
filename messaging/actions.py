"""Start conversations and send messages. Each function is one decision and one transaction.

Each feature has its own actions in its `actions.py`. Sockets send with `sending.submit`.
"""

import uuid
from collections.abc import Callable, Sequence
from typing import TypedDict, TypeVar, Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from trato import rate_limits
from trato.clock import database_now
from trato.errors import Refused
from trato.people import Person
from trato.realtime import metrics

from . import access, pipeline
from .access import lock_writer
from .body import normalize_body
from .host import Product, Shop, host
from .models import Conversation, snapshot_of
from .records import Attempt, Held, Sent
from .sanctions import queries as sanctions
from .sending import orm
from .sending.batcher import outcome_of
from .trust import spam

Stored = TypeVar("Stored")


class Extras(TypedDict, total=False):
    """The optional parts of a message besides its text, see `send`."""

    files: Sequence[int]
    quote: int | None
    insists: bool


@rate_limits.given_back_on_failure
@transaction.atomic
def start_conversation(
    actor: Person, *, product: Product | None = None, shop: Shop | None = None
) -> Conversation:
    """Find or start the shopper's conversation about a product, or with a shop.

    Two simultaneous clicks give the same conversation: a unique constraint prevents a second one.

    Args:
        product: what it is about; its current title, price and picture are stored with the
            conversation.
        shop: the shop to ask, if the conversation isn't about a product.

    Raises:
        Refused: `forbidden` for a person's own shop or a closed one, or if staff have muted the
            person; `blocked` if either has blocked the other; `rate_limited` after too many new
            conversations.
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
    lock_writer(actor)  # otherwise the account's deletion could miss the new conversation
    access.require_no_block(actor.pk, shop.pk)  # a block takes the same lock
    access.require_not_muted(actor.pk)  # so does a mute
    if not host.keep_open(shop.pk):  # locks the shop, which may be closing at the same time
        raise Refused("forbidden", _("This shop has closed."))
    try:
        with transaction.atomic():
            conversation = Conversation.objects.create(
                consumer_id=actor.pk,
                shop_id=shop.pk,
                created_at=database_now(),
                checks_spam=spam.is_to_be_judged(actor, shop.pk),
                **(snapshot_of(product) if product else {}),
            )
    except IntegrityError:
        return Conversation.objects.get(consumer_id=actor.pk, **about)
    rate_limits.hit("CONVERSATIONS_PER_HOUR", actor.pk)
    sanctions.count_conversation(actor.pk)
    return conversation


@rate_limits.given_back_on_failure
@transaction.atomic
def send(
    actor: Person,
    conversation_id: int,
    client_id: uuid.UUID,
    body: str,
    files: Sequence[int] = (),
    quote: int | None = None,
    insists: bool = False,
) -> Sent | Held:
    """Store a message, make it unread for the other side, and announce it to both on commit.

    A message that needs a review is held instead, and only its sender is notified.

    A repeated `client_id` with the same text returns the first message and doesn't count against
    the limits. If the first message may not have been announced, it is announced now.

    Args:
        files: IDs of files that the actor has uploaded to the conversation.
        quote: the sequence of the message that it quotes.
        insists: the actor says that the rule which questioned the message is wrong.

    Raises:
        Http404: the conversation doesn't exist, or the actor doesn't take part in it.
        Questioned: a rule questions the text, see `messaging.rules`.
        Refused: `conflict` if the actor has sent a different text under this `client_id`, `invalid`
            or `too_long` for the text, `invalid` for the quote, `not_found` for a file,
            `rate_limited` after too many messages.
    """
    attempt = Attempt(
        sender=actor,
        conversation_id=conversation_id,
        client_id=client_id,
        body=body,
        files=tuple(files),
        quote=quote,
        insists=insists,
    )
    pipeline.check(attempt)
    sent = orm.store_one(attempt)
    if attempt.counted and not sent.is_new:
        rate_limits.give_back("MESSAGES_PER_MINUTE", actor.pk)
    if isinstance(sent, Sent):
        stored = sent
        transaction.on_commit(lambda: pipeline.announce([stored]))
    return sent


def send_over_http(
    actor: Person,
    conversation_id: int,
    client_id: uuid.UUID,
    body: str,
    **extras: Unpack[Extras],
) -> Sent | Held:
    """Call `send` for a request, and count the outcome in the metrics."""
    try:
        sent = send(actor, conversation_id, client_id, body, **extras)
    except Exception as error:
        metrics.sends.labels(outcome_of(error)).inc()
        raise
    if isinstance(sent, Sent):
        metrics.sends_accepted.inc()
    return sent


def send_from_form(
    actor: Person,
    conversation_id: int,
    client_id: uuid.UUID,
    body: str,
    **extras: Unpack[Extras],
) -> Sent | Held:
    """Call `send_over_http` for a form without scripts, see `store_from_form`."""
    return store_from_form(
        lambda key: send_over_http(actor, conversation_id, key, body, **extras),
        client_id,
        body,
        **extras,
    )


def store_from_form(
    store: Callable[[uuid.UUID], Stored], client_id: uuid.UUID, body: str, **extras: Unpack[Extras]
) -> Stored:
    """Store what a form without scripts posts, which may repeat a `client_id` with a new text.

    People who go back to a form they have sent and write something else post the same `client_id`.
    The new text becomes a new message; posting it twice still stores it once.

    Args:
        store: called with the client ID, and once more with a new one if that raises `conflict`.
    """
    try:
        return store(client_id)
    except Refused as refusal:
        if refusal.code != "conflict":
            raise
    files, quote = extras.get("files", ()), extras.get("quote")
    return store(uuid.uuid5(client_id, f"{normalize_body(body)}{[*files] or ''}{quote or ''}"))
