"""Past questions that may be like a new one: about the product, from the index, and the newest.

The index is used only for rare words, because a common word would find most of the shop's messages;
the newest conversations have common words. So the work is bounded, however much a shop has
answered.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from messaging.models import Conversation, Message, Report, Side, shown_sql
from trato.prepared import prepared

from . import postgresql, sqlite
from .words import Language

SAME_PRODUCT = 20  # newest conversations about the product
NEWEST = 20  # newest conversations of the shop
END = 40  # messages at the end of each of these conversations
GROUPS = 20  # words and subjects to look up
WAITING = 5  # the newest unanswered messages, which count as the question

# The answer is the shop's next message, by any of its members; automatic messages are left out.
PAIRS = """
SELECT q.body, c.product_id, (
    SELECT a.id FROM {message} a
    WHERE a.conversation_id = q.conversation_id AND a.sequence > q.sequence
      AND a.side = 'seller' AND {answer_shown} AND NOT a.is_automatic
    ORDER BY a.sequence LIMIT 1
)
FROM (
    SELECT m.id
    FROM {conversation} near
    JOIN {message} m ON m.conversation_id = near.id AND m.sequence > near.last_sequence - {end}
    WHERE near.id IN ({listed})
    UNION {listed}
) chosen
JOIN {message} q ON q.id = chosen.id
JOIN {conversation} c ON c.id = q.conversation_id
WHERE c.shop_id = %s AND c.id <> %s AND q.side = 'consumer' AND {question_shown}
  AND NOT EXISTS (
    SELECT 1 FROM {report} r JOIN {message} said ON said.id = r.message_id
    WHERE said.conversation_id = c.id AND r.reason = 'scam'
  )
ORDER BY q.id
"""


@dataclass
class Pair:
    """A shopper's question, perhaps in several messages, and the ID of the shop's answer."""

    answer_id: int
    product_id: int | None
    question: str


def pairs_for(conversation: Conversation, question: str, language: Language) -> list[Pair]:
    """Return questions of the conversation's shop that have an answer, oldest first."""
    prefixes = _prefixes(language, question)
    if not prefixes:
        return []
    shop_id = conversation.shop_id
    find = postgresql.hits if connection.vendor == "postgresql" else sqlite.hits
    sql = PAIRS.format(
        message=_table(Message),
        conversation=_table(Conversation),
        report=_table(Report),
        listed=_LISTED[connection.vendor],
        answer_shown=shown_sql("a"),
        question_shown=shown_sql("q"),
        end=END,
    )
    parameters = [
        _parameter(_nearby(conversation)),
        _parameter(find(shop_id, prefixes)),
        shop_id,
        conversation.pk,
    ]
    pairs: dict[int, Pair] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        for body, product_id, answer_id in cursor.fetchall():
            if answer_id in pairs:
                pairs[answer_id].question += f"\n{body}"
            elif answer_id is not None:
                pairs[answer_id] = Pair(answer_id, product_id, body)
    return list(pairs.values())


def waiting_question(conversation: Conversation) -> str:
    """Return what the shopper has said since the shop's last answer, if it is the shop's turn."""
    if conversation.turn != Side.SELLER:
        return ""
    bodies: list[str] = []
    for side, is_automatic, removed_at, withdrawn_at, body in _end(conversation.pk, limit=END):
        if side == Side.SELLER and not is_automatic:
            break
        if side == Side.CONSUMER and removed_at is None and withdrawn_at is None:
            bodies.append(body)
    return "\n".join(reversed(bodies[:WAITING]))


@prepared
def _end(conversation_id: int, *, limit: int) -> QuerySet[Any, Any]:
    rows = Message.objects.filter(conversation=conversation_id).order_by("-sequence")
    return rows.values_list("side", "is_automatic", "removed_at", "withdrawn_at", "body")[:limit]


def _nearby(conversation: Conversation) -> list[int]:
    """Return the newest conversations of the shop, and those about the same product."""
    ids = set(_of_shop(conversation.shop_id, limit=NEWEST))
    if conversation.product_id:
        ids.update(_about(conversation.product_id, limit=SAME_PRODUCT))
    return sorted(ids)


@prepared
def _of_shop(shop_id: int, *, limit: int) -> QuerySet[Any, int]:
    rows = Conversation.objects.filter(shop=shop_id, last_message_hour__isnull=False)
    return rows.order_by("-last_message_hour").values_list("pk", flat=True)[:limit]


@prepared
def _about(product_id: int, *, limit: int) -> QuerySet[Any, int]:
    rows = Conversation.objects.filter(product=product_id)
    return rows.order_by("-pk").values_list("pk", flat=True)[:limit]


def _prefixes(language: Language, question: str) -> list[list[str]]:
    """Return beginnings of words to look up: a group for each meaningful word of a question."""
    groups = []
    for stem in dict.fromkeys(language.stems(question)):
        subjects = language.subjects.get(stem, ())
        groups.append([stem])
        groups += [list(language.members[number]) for number in subjects]
    return [list(group) for group in dict.fromkeys(map(tuple, groups))][:GROUPS]


def _table(model: type[Conversation] | type[Message] | type[Report]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


_LISTED = {
    "postgresql": "SELECT unnest(%s::bigint[])",
    "sqlite": "SELECT value FROM json_each(%s)",
}


def _parameter(ids: Iterable[int]) -> Any:
    return list(ids) if connection.vendor == "postgresql" else json.dumps(list(ids))
