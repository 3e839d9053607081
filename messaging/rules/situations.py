"""The situations on which rules depend besides a message's text, loaded for a whole batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language

from messaging.host import host, product_model
from messaging.models import Conversation, HeldMessage, Message, Objection, ShieldRule, Side
from messaging.records import Attempt
from messaging.trust.queries import age_of
from trato.array_parameters import listed


@dataclass(frozen=True)
class Situation:
    """A message's situation: who writes to whom about what.

    Args:
        side: the sender's.
        language: the one in which the sender uses the site; None if unknown, which suits all rules.
        account_age: the age of the sender's account; None if unknown.
        is_answered: whether a person on the other side has ever written in the conversation.
        category: the key of the product's category, if a rule depends on it.
        let_through: what the rules no longer question for this sender in this conversation, see
            `ShieldRule.subject`.
    """

    side: str
    language: str | None
    account_age: timedelta | None
    is_answered: bool
    category: str
    let_through: frozenset[str] = frozenset()

    def suits(self, rule: ShieldRule) -> bool:
        """Whether a rule applies in this situation."""
        return self.suits_at_any_age(rule) and (
            rule.relationship != rule.Relationship.NEW_ACCOUNT or self._is_new(rule)
        )

    def suits_at_any_age(self, rule: ShieldRule) -> bool:
        """Whether a rule applies in this situation, whatever the age of the account."""
        return (
            (not rule.side or rule.side == self.side)
            and (not rule.language or self._language in (None, rule.language))
            and (not rule.category or rule.category == self.category)
            and not (rule.relationship == rule.Relationship.UNANSWERED and self.is_answered)
            and not (
                rule.action in (rule.Action.WARN, rule.Action.MASK)
                and rule.subject in self.let_through
            )
        )

    @property
    def _language(self) -> str | None:
        return None if self.language is None else self.language.split("-")[0]

    def _is_new(self, rule: ShieldRule) -> bool:
        days = timedelta(days=rule.account_days or 0)
        return self.account_age is not None and self.account_age < days


def situations(attempts: Sequence[Attempt], rules: Iterable[ShieldRule]) -> list[Situation | None]:
    """Return the situation of each attempt; None where no rule applies.

    No rule applies between colleagues, or if the sender doesn't take part in the conversation:
    other code refuses that.
    """
    people = {attempt.sender_id for attempt in attempts}
    talks = _conversations(attempts)
    people |= {talk.consumer_id for talk in talks.values()}
    members = set(
        host.active_members()
        .filter(
            shop_id__in=listed({talk.shop_id for talk in talks.values()}),
            user_id__in=listed(people),
        )
        .order_by()
        .values_list("shop_id", "user_id")
    )
    let_through = _let_through(attempts)
    categories = categories_of((talk.product_id for talk in talks.values()), rules)
    answers: list[Situation | None] = []
    for attempt in attempts:
        talk = talks.get(attempt.conversation_id)
        is_consumer = talk is not None and talk.consumer_id == attempt.sender_id
        if (
            talk is None
            or (talk.shop_id, talk.consumer_id) in members
            or not (is_consumer or (talk.shop_id, attempt.sender_id) in members)
        ):
            answers.append(None)
            continue
        wrote = (talk.seller_wrote, talk.consumer_wrote)
        answers.append(
            Situation(
                Side.CONSUMER if is_consumer else Side.SELLER,
                attempt.page_language or get_language() or "",
                age_of(attempt.sender),
                is_answered=wrote[0] if is_consumer else wrote[1],
                category=categories.get(talk.product_id or 0, ""),
                let_through=frozenset(
                    let_through.get((attempt.conversation_id, attempt.sender_id), ())
                ),
            )
        )
    return answers


def categories_of(product_ids: Iterable[int | None], rules: Iterable[ShieldRule]) -> dict[int, str]:
    """Return the categories of products by product key, if a rule depends on a category."""
    if not host.product_category_field or not any(rule.category for rule in rules):
        return {}
    keys = listed({key for key in product_ids if key})
    products = product_model()._default_manager.filter(pk__in=keys)
    return dict(products.values_list("pk", host.product_category_field))


@dataclass(frozen=True)
class _Talk:
    consumer_id: int
    shop_id: int
    product_id: int | None
    consumer_wrote: bool
    seller_wrote: bool


def _conversations(attempts: Sequence[Attempt]) -> dict[int, _Talk]:
    own = Message.objects.filter(conversation=OuterRef("pk"), is_automatic=False)
    rows = Conversation.objects.filter(
        pk__in=listed({attempt.conversation_id for attempt in attempts})
    ).values_list(
        "pk",
        "consumer_id",
        "shop_id",
        "product_id",
        Exists(own.filter(side=Side.CONSUMER)),
        Exists(own.filter(side=Side.SELLER)),
    )
    return {pk: _Talk(*values) for pk, *values in rows}


def _let_through(attempts: Sequence[Attempt]) -> dict[tuple[int, int], set[str]]:
    """Return what objections allow, immediately or after a review, by conversation and person."""
    delivered = HeldMessage.objects.filter(
        conversation=OuterRef("conversation"),
        sender=OuterRef("sender"),
        client_id=OuterRef("client_id"),
        state=HeldMessage.State.DELIVERED,
    )
    rows = Objection.objects.filter(
        Q(outcome=Objection.Outcome.SENT) | Q(Exists(delivered), outcome=Objection.Outcome.HELD),
        conversation__in=listed({attempt.conversation_id for attempt in attempts}),
        sender__in=listed({attempt.sender_id for attempt in attempts}),
    )
    kinds: dict[tuple[int, int], set[str]] = {}
    for conversation, sender, kind in rows.values_list("conversation", "sender", "kind"):
        kinds.setdefault((conversation or 0, sender), set()).add(kind)
    return kinds
