"""Events that count in a shop's figures, and events that don't."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory, ShopMemberFactory
from catalog.models import Product, Shop
from messaging.editing.actions import withdraw
from messaging.factories import ConversationFactory, MessageFactory, ReportFactory
from messaging.figures import actions
from messaging.figures.report import Figures
from messaging.models import Contest, Conversation, Message, OpeningHours, ReplyTime, Report, Wait
from messaging.triage import actions as triage

pytestmark = pytest.mark.django_db

Tell = Callable[..., Message]
Make = Callable[..., Figures]


def test_the_median_and_the_share_are_those_of_the_answers(
    tell: Tell, figures: Make, shopper: User, seller: User
) -> None:
    for asked, answered in ((200, 199), (150, 147), (100, 70)):
        tell(shopper, asked)
        tell(seller, answered)
    made = figures()
    assert made.median == 3 * 3600
    assert (made.summary["answered"], made.summary["share"]) == (3, "66")
    assert made.waiting == 0


def test_an_open_question_waits_and_is_late_after_a_day(
    tell: Tell, figures: Make, shopper: User, seller: User
) -> None:
    tell(shopper, 30)
    made = figures()
    assert (made.waiting, made.median) == (1, None)
    [late], _more = made.late(10)
    assert (late.wait.answered_at, late.seconds) == (None, 30 * 3600)
    tell(seller, 0)
    answered = figures()
    [late], _more = answered.late(10)
    assert (answered.waiting, late.seconds) == (0, 30 * 3600)


def test_an_old_question_stays_open_until_it_is_answered(
    tell: Tell, figures: Make, shopper: User, seller: User, conversation: Conversation
) -> None:
    asked = tell(shopper, 24 * 100)
    Wait.objects.create(
        shop_id=conversation.shop_id,
        conversation=conversation,
        sequence=asked.sequence,
        asked_at=asked.created_at,
        day_seconds=24 * 3600,
    )
    tell(shopper, 2)
    figures()
    [wait] = Wait.objects.all()
    assert (wait.sequence, wait.answered_at) == (asked.sequence, None)
    answer = tell(seller, 0)
    figures()
    [wait] = Wait.objects.all()
    assert wait.answered_at == answer.created_at


def test_open_questions_are_sorted_by_age(
    tell: Tell, figures: Make, shop: Shop, now: datetime
) -> None:
    for hours in (0.5, 3, 20, 40, 100, 101, 102):
        talk = ConversationFactory(consumer=UserFactory(), product=ProductFactory(shop=shop))
        tell(talk.consumer, hours, talk)
    assert [bar.number for bar in figures().ages] == [1, 2, 1, 3]


def test_an_answer_in_another_conversation_counts(
    tell: Tell, figures: Make, shopper: User, seller: User, shop: Shop
) -> None:
    other = ConversationFactory(consumer=shopper, product=ProductFactory(shop=shop))
    tell(shopper, 30)
    tell(shopper, 29, other)
    tell(seller, 28, other)
    made = figures()
    assert (made.summary["answered"], made.median, made.waiting) == (1, 2 * 3600, 0)


def test_own_purchases_don_t_count(tell: Tell, figures: Make, shop: Shop) -> None:
    buyer = UserFactory(seller=True)
    tell(buyer, 30, ConversationFactory(consumer=buyer, product=ProductFactory(shop=shop)))
    assert figures().waiting == 1
    ShopMemberFactory(shop=shop, user=buyer)
    assert figures().waiting == 0


@pytest.mark.parametrize(
    ("side", "outcome", "counts"),
    [("shopper", "", 0), ("shopper", "upheld", 0), ("shopper", "dismissed", 1), ("shop", "", 1)],
)
@pytest.mark.parametrize("is_whole", [False, True])
def test_reported_shoppers_don_t_count(
    is_whole: bool,
    side: str,
    outcome: str,
    counts: int,
    tell: Tell,
    figures: Make,
    shopper: User,
    seller: User,
    conversation: Conversation,
) -> None:
    messages = {"shopper": tell(shopper, 30), "shop": tell(seller, 29)}
    thing: Any = {"conversation": conversation} if is_whole else {"message": messages[side]}
    reporter = seller if side == "shopper" else shopper
    ReportFactory(**thing, reporter=reporter, outcome=outcome)
    assert Report.objects.count() == 1
    assert figures().summary["answered"] == counts


def test_thanks_automatic_and_settled_messages_don_t_count(
    tell: Tell, figures: Make, shopper: User, seller: User, conversation: Conversation
) -> None:
    tell(shopper, 30)
    tell(seller, 29.9, is_automatic=True)
    tell(seller, 29)
    tell(shopper, 28, body="¡Muchas gracias!")
    made = figures()
    assert (made.summary["answered"], made.median, made.waiting) == (1, 3600, 0)
    tell(shopper, 0, body="I'll think about it.")
    assert figures().waiting == 1
    assert triage.settle(seller, [conversation.pk]).undo
    assert figures().waiting == 0


def test_what_was_settled_by_mistake_and_undone_waits(
    tell: Tell, figures: Make, shopper: User, seller: User, conversation: Conversation
) -> None:
    tell(shopper, 30)
    outcome = triage.settle(seller, [conversation.pk])
    assert figures().waiting == 0
    triage.undo(seller, outcome.undo)
    assert figures().waiting == 1
    tell(seller, 0)
    made = figures()
    assert (made.summary["answered"], made.median, made.waiting) == (1, 30 * 3600, 0)


def test_an_ended_conversation_does_not_wait(
    tell: Tell, figures: Make, shopper: User, conversation: Conversation, now: datetime
) -> None:
    tell(shopper, 30)
    Conversation.objects.filter(pk=conversation.pk).update(ended_at=now)
    assert figures().waiting == 0


def test_removed_messages_neither_ask_nor_answer(
    tell: Tell, figures: Make, shopper: User, seller: User, now: datetime
) -> None:
    tell(shopper, 30, removed_at=now)
    tell(shopper, 20)
    tell(seller, 19, removed_at=now)
    made = figures()
    assert (made.waiting, made.summary["answered"]) == (1, 0)


def test_a_new_message_reaches_the_figures_without_reading_all(
    tell: Tell, figures: Make, shopper: User, seller: User, shop: Shop
) -> None:
    tell(shopper, 30)
    for _ in range(3):
        talk = ConversationFactory(consumer=UserFactory(), product=ProductFactory(shop=shop))
        tell(talk.consumer, 20, talk)
    figures()
    kept = dict(Wait.objects.values_list("pk", "sequence"))
    tell(seller, 0)
    with CaptureQueriesContext(connection) as asked:
        made = figures()
    assert (made.waiting, made.summary["answered"]) == (3, 1)
    assert dict(Wait.objects.values_list("pk", "sequence")) == kept
    [read] = [one["sql"] for one in asked if "SUBSTR" in one["sql"].upper()]
    assert f"IN ({made.late(10)[0][0].wait.conversation_id})" in read


def test_many_conversations_are_read_in_rounds(
    tell: Tell, figures: Make, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "CONVERSATIONS_AT_ONCE", 2)
    for hours in range(1, 8):
        talk = ConversationFactory(consumer=UserFactory(), product=ProductFactory(shop=shop))
        tell(talk.consumer, hours, talk)
    assert figures().waiting == 7


def test_many_settled_conversations_are_read_in_rounds(
    tell: Tell, figures: Make, shop: Shop, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    talks = []
    for hours in range(1, 8):
        talk = ConversationFactory(consumer=UserFactory(), product=ProductFactory(shop=shop))
        tell(talk.consumer, hours, talk)
        talks.append(talk)
    assert figures().waiting == 7
    monkeypatch.setattr(actions, "CONVERSATIONS_AT_ONCE", 2)
    for talk in talks[:6]:
        assert triage.settle(seller, [talk.pk]).undo
    assert figures().waiting == 1


def test_only_the_period_counts(tell: Tell, figures: Make, shopper: User, seller: User) -> None:
    tell(shopper, 24 * 40)
    tell(seller, 24 * 40 - 1)
    tell(shopper, 24 * 8)
    tell(seller, 24 * 8 - 1)
    assert [figures(days).summary["answered"] for days in (7, 30, 90)] == [0, 1, 2]


def test_products_colleagues_and_hours_are_counted(
    tell: Tell,
    figures: Make,
    shopper: User,
    seller: User,
    colleague: User,
    product: Product,
    now: datetime,
    shop: Shop,
) -> None:
    for hours, person in ((30, seller), (20, colleague), (10, colleague)):
        tell(shopper, hours)
        tell(person, hours - 1)
    made = figures()
    assert [(bar.label, bar.number) for bar in made.products] == [(product.title, 3)]
    assert [(bar.label, bar.number, bar.note) for bar in made.colleagues] == [
        ("Iker Sanz", 2, "100"), ("Marta Vidal", 1, "100"),
    ]  # fmt: skip
    asked = (now - timedelta(hours=10)).astimezone(ZoneInfo(shop.time_zone))
    row = made.by_hour[asked.isoweekday() - 1]
    assert row["hours"][asked.hour] == {
        "hour": asked.hour,
        "x": 44 + 20 * asked.hour,
        "number": 1,
        "level": 4,
    }
    assert sum(cell["number"] for row in made.by_hour for cell in row["hours"]) == 3


def test_only_opening_hours_count(
    figures: Make, shopper: User, seller: User, conversation: Conversation, shop: Shop
) -> None:
    madrid = ZoneInfo("Europe/Madrid")
    Shop.objects.filter(pk=shop.pk).update(time_zone=madrid.key)
    week = [[[9 * 60, 17 * 60]]] * 5 + [[], []]
    OpeningHours.objects.create(shop=shop, week=week, days_off={})
    today = datetime.now(madrid).date()
    monday = today - timedelta(days=today.weekday() + 7)
    for person, day, hour in ((shopper, monday - timedelta(days=3), 16), (seller, monday, 11)):
        at = datetime(day.year, day.month, day.day, hour, tzinfo=madrid)
        MessageFactory(conversation=conversation, sender=person, created_at=at)
    made = figures()
    assert Wait.objects.get().seconds == (1 + 2) * 3600  # Friday and Monday
    assert (made.median, made.day_seconds) == (3 * 3600, 8 * 3600)


def test_a_contested_answer_counts_and_is_told_apart(
    tell: Tell, figures: Make, shopper: User, seller: User, colleague: User
) -> None:
    tell(shopper, 100)
    tell(seller, 50)
    tell(shopper, 30)
    tell(seller, 29)
    [late], _more = figures().late(10)
    actions.contest(colleague, late.wait.pk, "It was a public holiday.")
    made = figures()
    numbers = made.summary
    assert (numbers["share"], numbers["share_without"], numbers["contested"]) == ("50", "100", 1)
    [late], _more = made.late(10)
    assert late.contest is not None
    assert (late.contest.by, late.contest.reason) == (colleague, "It was a public holiday.")
    assert actions.withdraw(seller, late.wait.pk)
    assert figures().summary["contested"] == 0
    assert Contest.objects.count() == 1  # the row stays
    actions.contest(seller, late.wait.pk, "Again")


def test_shoppers_get_the_median_of_contested_answers_too(
    tell: Tell, figures: Make, shopper: User, seller: User, shop: Shop
) -> None:
    for asked, answered in ((200, 199), (150, 148), (100, 70)):
        tell(shopper, asked)
        tell(seller, answered)
    [late], _more = figures().late(10)
    actions.contest(seller, late.wait.pk, "On holiday")
    figures()
    row = ReplyTime.objects.get(shop=shop)
    assert (row.samples, row.median_seconds, row.day_seconds) == (3, 2 * 3600, 24 * 3600)


def test_the_sweep_looks_at_each_shop_once_an_hour(
    tell: Tell, shopper: User, seller: User, shop: Shop, other_seller: User, settings: Any
) -> None:
    tell(shopper, 3)
    tell(seller, 1)
    assert actions.due(10) == 2
    assert actions.due(10) == 0
    assert ReplyTime.objects.get(shop=shop).median_seconds == 2 * 3600
    settings.FIGURES_REFRESH_MINUTES = 0
    assert actions.due(1) == 1


def test_stored_waits_equal_a_fresh_count(
    figures: Make, shop: Shop, shopper: User, seller: User, conversation: Conversation
) -> None:
    for number in range(6):
        person = (shopper, shopper, seller)[number % 3]
        conversation.refresh_from_db()
        MessageFactory(conversation=conversation, sender=person)
        figures()
    stored = list(Wait.objects.order_by("sequence").values_list("sequence", "answered_at"))
    Wait.objects.all().delete()
    ReplyTime.objects.all().delete()
    figures()
    assert list(Wait.objects.order_by("sequence").values_list("sequence", "answered_at")) == stored
    assert [sequence for sequence, _at in stored] == [1, 4]


def test_a_withdrawn_question_waits_no_longer_and_a_withdrawn_answer_is_none(
    tell: Tell, figures: Make, shopper: User, seller: User, conversation: Conversation
) -> None:
    tell(shopper, 3)
    assert figures().waiting == 1
    withdraw(shopper, conversation.pk, 1)
    assert figures().waiting == 0
    tell(shopper, 2)
    tell(seller, 1)
    assert figures().summary["answered"] == 1
    ReplyTime.objects.update(read_until=timezone.now() - timedelta(seconds=30))  # that is read
    withdraw(seller, conversation.pk, 3)
    made = figures()
    assert (made.summary["answered"], made.waiting) == (0, 1)
