"""Reply for shops that are away: `due` is a sweep, see `messaging.due`.

A shopper's message to a shop that may be away wakes the loop in its process. If that process is
killed before it has replied, the next round of any process replies. Each reply is one transaction,
under the conversation's lock, with a row that is unique for the conversation and the day.

The sender is the shop's first manager, because a message needs a sender. Nobody sees the name: an
automatic message appears as the shop's.
"""

import uuid
from collections import OrderedDict

import structlog
from django.contrib.auth import get_user_model
from django.db import DatabaseError, InterfaceError, transaction

from messaging import pipeline
from messaging.due.claims import claimed
from messaging.due.watched_shops import watch
from messaging.host import host
from messaging.models import AwayAnswer, AwayWords, Conversation
from messaging.opening_hours.queries import schedule_of
from messaging.records import Attempt, Sent
from messaging.sanctions.queries import unmuted
from messaging.sending import orm
from messaging.sides import Side
from trato.clock import database_now

from . import queries
from .queries import Waiting

log = structlog.get_logger("messaging.away")

DECIDED_MAX = 10_000  # decisions that this process remembers

_decided: OrderedDict[Waiting, None] = OrderedDict()


def due(limit: int) -> int:
    """Send the replies that are due; return how many messages were decided on."""
    now = database_now()
    shop_ids = list(queries.active(now).values_list("shop_id", flat=True))
    watch(shop_ids)
    if not shop_ids:
        return 0
    new = [one for one in queries.waiting(now, shop_ids) if one not in _decided][:limit]
    decided = 0
    for one in new:
        try:
            is_decided = answer(one.conversation_id) is not None
        except (DatabaseError, InterfaceError):
            raise
        except Exception:
            log.exception("away_answer_failed", conversation=one.conversation_id)
            is_decided = True
        if is_decided:
            _note(one)
            decided += 1
    return decided


@transaction.atomic
def answer(conversation_id: int) -> bool | None:
    """Reply in a conversation if its shop is away.

    Returns:
        Whether it replied; None if somebody is writing to the conversation at the moment.
    """
    rows = Conversation.objects.filter(
        pk=conversation_id, turn=Side.SELLER, ended_at=None, blocked_by=""
    )
    conversation = next(iter(claimed(rows.select_related("shop"), 1)), None)
    if conversation is None:
        return None
    words = AwayWords.objects.filter(shop_id=conversation.shop_id).first()
    if words is None:
        return False
    message = conversation.messages.get(sequence=conversation.last_sequence)
    shop_id, schedule, now = conversation.shop_id, schedule_of(conversation.shop_id), database_now()
    body = queries.words_for(message, words, schedule, now)
    if (
        not body
        or message.side != Side.CONSUMER
        or host.is_member(conversation.consumer_id, shop_id)
        or queries.answered_lately(conversation, message)
    ):
        return False
    managers = unmuted(host.managers_of(shop_id))
    day = now.astimezone(schedule.zone).date()
    if not managers or not AwayAnswer.objects.get_or_create(conversation=conversation, day=day)[1]:
        return False
    attempt = Attempt(
        sender=get_user_model()._default_manager.get(pk=managers[0]),
        sender_name=conversation.shop_name,
        conversation_id=conversation.pk,
        client_id=uuid.uuid4(),  # the row above limits it to one reply per day
        body=body,
        is_automatic=True,
    )
    sent = orm.store_one(attempt)
    if isinstance(sent, Sent):
        stored = sent
        transaction.on_commit(lambda: pipeline.announce([stored]))
    return True


def _note(one: Waiting) -> None:
    """Remember not to look at a message again, because the decision about it won't change."""
    _decided[one] = None
    while len(_decided) > DECIDED_MAX:
        _decided.popitem(last=False)
