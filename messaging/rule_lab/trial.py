"""Apply a rule to past messages, as it would have applied when they were written.

Two conditions can't be checked afterwards and count as met: the writer's language, and that no
earlier objection in the conversation had allowed something.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from django.db.models import F, Min, Value

from messaging.host import host
from messaging.models import Message, ShieldRule, Side
from messaging.rules.situations import Situation, categories_of
from messaging.rules.snapshot import RuleSet
from trato.array_parameters import listed

from .hit_counts import Hit, days_of

Text = tuple[int, str]  # a message's key and its text


class _Written(NamedTuple):
    """A message, and who wrote it, where and when."""

    pk: int
    conversation: int
    sequence: int
    sender: int
    side: str
    at: datetime
    joined: datetime | None
    consumer: int
    shop: int
    product: int | None


class Trial:
    """A rule to try, and the other rules that are on."""

    def __init__(self, rule: ShieldRule, others: Sequence[ShieldRule]) -> None:
        self._rule = rule
        self._rules = RuleSet([rule])
        self._all = [rule, *others]
        self._others = RuleSet(list(others))
        unanswered = ShieldRule.Relationship.UNANSWERED
        self._asks_for_answers = any(rule.relationship == unanswered for rule in self._all)
        self._first: dict[int, dict[str, int]] = {}  # sequence, by conversation and side

    def matching(self, texts: Sequence[Text]) -> dict[int, str]:
        """Return the texts that match the rule; most texts cost only one check."""
        fires, matches = self._rules.fires, self._rules.matches
        return {key: text for key, text in texts if fires(text) and matches(text, "")}

    def hits(self, texts: dict[int, str]) -> Iterator[Hit]:
        """Yield the matching texts whose situation the rule covers."""
        if not texts:
            return
        rows = list(_written(texts))
        colleagues = _colleagues(rows)
        categories = categories_of((row.product for row in rows), self._all)
        self._load_first_sequences(rows)
        for row in rows:
            if (row.shop, row.consumer) in colleagues:
                continue
            answered = self._first.get(row.conversation, {}).get(Side(row.side).other.value)
            situation = Situation(
                row.side,
                None,
                None if row.joined is None else row.at - row.joined,
                is_answered=answered is not None and answered < row.sequence,
                category=categories.get(row.product or 0, ""),
            )
            if situation.suits_at_any_age(self._rule):
                yield self._hit(row, situation, texts[row.pk])

    def _hit(self, row: _Written, situation: Situation, text: str) -> Hit:
        stops = situation.suits(self._rule)
        others = []
        if stops and self._others.fires(text):
            matches = self._others.matches(text, "")
            others = [match.rule.name for match in matches if situation.suits(match.rule)]
        return Hit(
            row.pk,
            row.conversation,
            row.sender,
            row.side,
            row.at.astimezone(UTC).date().isoformat(),
            days_of(situation.account_age),
            stops,
            others,
        )

    def _load_first_sequences(self, rows: Sequence[_Written]) -> None:
        """Load when each side of the conversations first wrote, if a rule depends on it."""
        if not self._asks_for_answers:
            return
        new = {row.conversation for row in rows} - self._first.keys()
        self._first |= {key: {} for key in new}
        messages = Message.objects.filter(conversation__in=listed(new), is_automatic=False)
        sides = messages.order_by().values("conversation", "side").annotate(first=Min("sequence"))
        for conversation, side, first in sides.values_list("conversation", "side", "first"):
            self._first[conversation][side] = first


def _written(keys: Collection[int]) -> Iterator[_Written]:
    joined = host.person_joined_field
    rows = Message.objects.filter(pk__in=listed(keys)).order_by("pk")
    values = rows.values_list(
        "pk",
        "conversation_id",
        "sequence",
        "sender_id",
        "side",
        "created_at",
        F(f"sender__{joined}") if joined else Value(None),
        "conversation__consumer_id",
        "conversation__shop_id",
        "conversation__product_id",
    )
    return (_Written(*row) for row in values)


def _colleagues(rows: Sequence[_Written]) -> set[tuple[int, int]]:
    """Return each shop with a shopper who works there: no rule applies between colleagues."""
    members = host.active_members().filter(
        shop_id__in=listed({row.shop for row in rows}),
        user_id__in=listed({row.consumer for row in rows}),
    )
    return set(members.order_by().values_list("shop_id", "user_id"))
