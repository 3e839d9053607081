"""The effect of each action of a rule on a message."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone, translation

from accounts.models import User
from catalog.models import Product, ShopMember
from messaging import actions, pipeline
from messaging.models import (
    Conversation,
    HeldMessage,
    Message,
    Objection,
    RuleDay,
    ShieldRule,
)
from messaging.records import Attempt, Held, Sent
from messaging.review.actions import release
from messaging.rules import hits, retention, snapshot
from messaging.sending import orm
from tests.messaging.rules.asking import MASKED, PHONE, SCAM, question, send
from tests.messaging.rules.conftest import SetRule

pytestmark = pytest.mark.django_db


def test_a_question_names_the_words_the_rule_and_the_choices(
    shopper: User, conversation: Conversation
) -> None:
    asked = question(shopper, conversation)
    [finding] = asked.shield.findings
    assert PHONE[finding.start : finding.end] == "612 345 678"
    assert (finding.kind, finding.rule) == ("phone", "phone")
    assert (asked.shield.action, asked.shield.masked) == ("warn", MASKED)
    assert asked.shield.may_insist
    assert asked.code == "forbidden"
    assert "telephone number" in str(asked.detail)
    with translation.override("es"):
        assert "número de teléfono" in str(asked.detail)
    assert not Message.objects.exists()
    assert send(shopper, conversation, MASKED)


def test_innocent_words_cost_no_query(
    shopper: User, conversation: Conversation, django_assert_num_queries: Any
) -> None:
    attempt = Attempt(
        sender=shopper, conversation_id=conversation.pk, client_id=uuid.uuid4(), body="Hello"
    )
    with django_assert_num_queries(0):
        pipeline.check(attempt)
    assert attempt.refusal is None


def test_insisting_on_a_warning_sends_it_and_nobody_is_asked_again_there(
    shopper: User, stranger: User, product: Product, conversation: Conversation
) -> None:
    assert isinstance(send(shopper, conversation, insists=True), Sent)
    objection = Objection.objects.get()
    assert (objection.rule.name, objection.kind, objection.outcome) == ("phone", "phone", "sent")
    assert (objection.sender_id, objection.conversation_id) == (shopper.pk, conversation.pk)
    assert isinstance(send(shopper, conversation, "Or call 622 345 679"), Sent)
    question(shopper, conversation, "Mail me at ana@gmail.com")
    question(shopper, actions.start_conversation(shopper, shop=product.shop))
    question(stranger, actions.start_conversation(stranger, product=product))


def test_what_one_side_was_let_through_the_other_is_still_asked_about(
    shopper: User, seller: User, conversation: Conversation
) -> None:
    send(shopper, conversation, insists=True)
    question(seller, conversation)


def test_insisting_on_a_mask_holds_it_until_staff_have_looked(
    shopper: User, moderator: User, conversation: Conversation, set_rule: SetRule
) -> None:
    set_rule("phone", action="mask")
    assert question(shopper, conversation).shield.action == "mask"
    assert isinstance(send(shopper, conversation, insists=True), Held)
    row = HeldMessage.objects.get()
    assert (row.reason, Objection.objects.get().outcome) == ("phone", "held")
    question(shopper, conversation, "Call 622 345 679")
    release(moderator, row.pk, "A work number")
    assert isinstance(send(shopper, conversation, "Call 622 345 679"), Sent)


def test_hold_holds_without_a_question(
    shopper: User, conversation: Conversation, set_rule: SetRule
) -> None:
    set_rule("phone", action="hold")
    assert isinstance(send(shopper, conversation), Held)
    assert HeldMessage.objects.get().reason == "phone"


def test_refuse_refuses_and_keeps_the_objection(
    shopper: User, conversation: Conversation, set_rule: SetRule
) -> None:
    set_rule("phone", action="refuse")
    assert question(shopper, conversation).shield.may_insist
    answer = question(shopper, conversation, insists=True)
    assert not answer.shield.may_insist
    assert "Our staff will read" in str(answer.detail)
    hits.due(50)
    assert Objection.objects.get().outcome == "refused"
    question(shopper, conversation)  # nothing was allowed


def test_the_strongest_action_wins(
    shopper: User, conversation: Conversation, set_rule: SetRule
) -> None:
    set_rule("iban", action="refuse")
    both = f"{PHONE}, or pay to ES91 2100 0418 4502 0005 1332"
    asked = question(shopper, conversation, both)
    assert asked.shield.action == "refuse"
    assert {finding.rule for finding in asked.shield.findings} == {"phone", "iban"}
    set_rule("iban", action="hold")
    assert isinstance(send(shopper, conversation, both), Held)


def test_an_own_pattern_says_what_it_looks_like(
    shopper: User, conversation: Conversation, set_rule: SetRule
) -> None:
    set_rule(
        "betting", pattern=r"\bapuest\w+", action="mask", label_en="betting", label_es="apuestas"
    )
    asked = question(shopper, conversation, "Ñandú 🎲 ¡APUESTAS ya!")
    [finding] = asked.shield.findings
    assert "Ñandú 🎲 ¡APUESTAS ya!"[finding.start : finding.end] == "APUESTAS"
    assert (finding.kind, finding.rule) == ("pattern", "betting")
    assert asked.shield.masked == "Ñandú 🎲 ¡••• ya!"
    assert "This looks like betting." in str(asked.detail)
    with translation.override("es"):
        assert "apuestas" in str(asked.detail)


def test_scams_of_new_accounts_wait_and_those_of_others_pass(
    shopper: User, seller: User, conversation: Conversation
) -> None:
    answer = send(shopper, conversation, SCAM)
    assert isinstance(answer, Held)
    assert HeldMessage.objects.get().reason == "sms-code"
    User.objects.filter(pk=seller.pk).update(date_joined=timezone.now() - timedelta(days=8))
    assert isinstance(send(User.objects.get(pk=seller.pk), conversation, SCAM), Sent)


@pytest.mark.parametrize(
    ("values", "asks_shopper", "asks_seller"),
    [
        ({"side": "seller"}, False, True),
        ({"side": "consumer"}, True, False),
        ({"relationship": "unanswered"}, False, True),
        ({"relationship": "new_account", "account_days": 3}, True, False),
        ({"language": "es"}, False, False),
        ({"language": "en"}, True, True),
        ({"category": "elsewhere"}, False, False),
        ({"is_on": False}, False, False),
    ],
)
def test_a_rule_is_for_whom_it_says(
    values: dict[str, Any],
    asks_shopper: bool,
    asks_seller: bool,
    shopper: User,
    seller: User,
    conversation: Conversation,
    set_rule: SetRule,
) -> None:
    send(seller, conversation, "Welcome")  # the shopper has an answer, the seller has none
    seller.date_joined = timezone.now() - timedelta(days=4)
    set_rule("phone", **values)
    for person, is_asked in ((seller, asks_seller), (shopper, asks_shopper)):
        if is_asked:
            question(person, conversation)
        else:
            assert isinstance(send(person, conversation), Sent)


def test_a_rule_for_a_category_is_for_its_products(
    shopper: User, conversation: Conversation, product: Product, set_rule: SetRule
) -> None:
    set_rule("phone", category=product.category.slug)
    question(shopper, conversation)
    about_none = actions.start_conversation(shopper, shop=product.shop)
    assert isinstance(send(shopper, about_none), Sent)


def test_colleagues_and_automatic_messages_are_exempt(
    shopper: User, seller: User, conversation: Conversation
) -> None:
    attempt = Attempt(
        sender=seller,
        conversation_id=conversation.pk,
        client_id=uuid.uuid4(),
        body=PHONE,
        is_automatic=True,
    )
    pipeline.check(attempt)
    assert isinstance(orm.store_one(attempt), Sent)
    question(seller, conversation)
    shopper.role = User.Role.SELLER
    shopper.save()
    ShopMember.objects.create(shop=conversation.shop, user=shopper)
    assert isinstance(send(shopper, conversation), Sent)
    assert isinstance(send(seller, conversation), Sent)


def test_a_repeat_of_what_was_let_through_gets_the_first_answer(
    shopper: User, conversation: Conversation
) -> None:
    key = uuid.uuid4()
    first = send(shopper, conversation, insists=True, client_id=key)
    again = send(shopper, conversation, client_id=key)
    assert isinstance(first, Sent)
    assert isinstance(again, Sent)
    assert (again.sequence, again.is_new) == (first.sequence, False)


def test_hits_are_counted_by_rule_and_day(shopper: User, conversation: Conversation) -> None:
    for _time in range(2):
        question(shopper, conversation)
        hits.due(50)
    send(shopper, conversation, insists=True)
    hits.due(50)
    day = RuleDay.objects.get()
    assert (day.rule.name, day.hits, day.day) == ("phone", 2, timezone.now().date())


def test_people_of_other_conversations_are_neither_told_nor_counted(
    stranger: User, conversation: Conversation
) -> None:
    for insists in (False, True):
        with pytest.raises(Http404):
            send(stranger, conversation, insists=insists)
    hits.due(50)
    assert not Objection.objects.exists()
    assert not RuleDay.objects.exists()


def test_rules_older_than_the_bound_are_loaded_before_they_decide(
    shopper: User, conversation: Conversation, settings: Any
) -> None:
    ShieldRule.objects.filter(name="phone").update(is_on=False)
    question(shopper, conversation)  # this process doesn't know yet
    settings.SHIELD_RULES_MAX_SECONDS = 0
    assert isinstance(send(shopper, conversation), Sent)


def test_the_sweep_loads_the_rules(shopper: User, conversation: Conversation) -> None:
    ShieldRule.objects.filter(name="phone").update(is_on=False)
    snapshot.due(50)
    assert isinstance(send(shopper, conversation), Sent)


def test_what_expires_is_purged_and_the_rest_kept(
    shopper: User, conversation: Conversation, settings: Any
) -> None:
    question(shopper, conversation)
    send(shopper, conversation, insists=True)
    hits.due(50)
    rules = retention.RULES
    assert [rule.expired().count() for rule in rules] == [0, 0]
    RuleDay.objects.update(day=timezone.now() - timedelta(days=settings.SHIELD_HITS_KEEP_DAYS + 2))
    Objection.objects.update(
        created_at=timezone.now() - timedelta(days=settings.OBJECTIONS_KEEP_DAYS + 1)
    )
    assert [rule.expired().count() for rule in rules] == [1, 1]
