"""A measure on something that several people own is decided for each, and undone for all."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Product, Shop
from messaging.appeals.actions import appeal, decide
from messaging.cases import claims
from messaging.decisions.actions import decide_about_all, undo
from messaging.decisions.ruling import Ruling
from messaging.models import Appeal, Case, Conversation, Decision, Report
from messaging.reports.actions import report_product, report_shop
from notifications.models import Notification
from tests.messaging.decisions.conftest import REASONS
from tests.rulings import rule
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone

pytestmark = pytest.mark.django_db

Ruled = Callable[..., Decision]


@pytest.fixture
def owners(shop: Shop, seller: User) -> list[User]:
    """The two owners of the shop."""
    other = UserFactory(name="Olga Owner", role="seller")
    ShopMemberFactory(shop=shop, user=other, role="owner")
    return [seller, other]


@pytest.fixture
def report(product: Product, shopper: User) -> Report:
    return report_product(shopper, product, "scam", "Fake")


@pytest.fixture
def hidden(owners: list[User], product: Product, report: Report, moderator: User) -> list[Decision]:
    """The decisions to take a product off sale, one for each owner."""
    ruling = Ruling(measure="hide", product_id=product.pk, report_id=report.pk, **REASONS)
    return decide_about_all(moderator, [person.pk for person in owners], ruling)


def is_hidden(product: Product) -> bool:
    product.refresh_from_db()
    return product.is_hidden


def test_each_owner_has_a_decision_and_is_told(
    hidden: list[Decision], owners: list[User], product: Product, report: Report
) -> None:
    assert is_hidden(product)
    assert [one.person for one in hidden] == owners
    told = Notification.objects.filter(news__subject_kind="decision")
    assert set(told.values_list("recipient", flat=True)) == {person.pk for person in owners}
    report.refresh_from_db()
    assert (report.outcome, report.done) == ("upheld", "hidden")


def test_an_overturned_appeal_of_one_puts_it_on_sale_for_all(
    hidden: list[Decision], owners: list[User], product: Product, report: Report, lead: User
) -> None:
    rows = [appeal(one.person, one.pk, "It is real") for one in hidden]
    entries = AuditEntry.objects.count()
    decide(lead, rows[0].pk, "overturned", "")
    product.refresh_from_db()
    assert product.is_published
    assert not Decision.objects.filter(overturned_at=None).exists()
    assert set(Appeal.objects.values_list("outcome", flat=True)) == {"overturned"}
    assert not Case.objects.filter(kind="appeal", closed_at=None).exists()
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", "subject")[entries:]
    assert sorted(verbs) == sorted(
        [
            ("appeal.overturned", rows[0].subject),
            ("appeal.overturned", rows[1].subject),
            ("decision.overturned", f"decision:{hidden[1].pk}"),
        ]
    )
    report.refresh_from_db()
    assert report.done == "restored"
    with pytest.raises(AlreadyDone):
        decide(lead, rows[1].pk, "upheld", "No")


def test_nobody_overturns_past_a_colleague_who_works_on_anothers_appeal(
    hidden: list[Decision], owners: list[User], product: Product, lead: User
) -> None:
    rows = [appeal(one.person, one.pk, "It is real") for one in hidden]
    chief = UserFactory(is_staff=True, is_superuser=True)
    claims.claim(chief, Case.objects.get(subject=rows[1].subject).pk)
    with pytest.raises(claims.Claimed):
        decide(lead, rows[0].pk, "overturned", "")
    assert is_hidden(product)
    decide(lead, rows[0].pk, "upheld", "It is a copy.")
    decide(chief, rows[1].pk, "overturned", "")
    assert not is_hidden(product)


def test_it_is_not_undone_while_one_of_them_appeals(
    hidden: list[Decision], product: Product, moderator: User
) -> None:
    appeal(hidden[1].person, hidden[1].pk, "It is real")
    with pytest.raises(ValidationError, match="appealed"):
        undo(moderator, hidden[0].pk, "A mistake")
    assert is_hidden(product)


def test_undoing_one_undoes_all(hidden: list[Decision], product: Product, moderator: User) -> None:
    undo(moderator, hidden[0].pk, "A mistake")
    assert not is_hidden(product)
    assert not Decision.objects.filter(overturned_at=None).exists()
    with pytest.raises(AlreadyDone):
        undo(moderator, hidden[1].pk, "A mistake")


def test_a_closed_conversation_is_reopened_for_both_owners(
    owners: list[User], conversation: Conversation, moderator: User, lead: User
) -> None:
    ruling = Ruling(measure="close", conversation_id=conversation.pk, **REASONS)
    both = decide_about_all(moderator, [person.pk for person in owners], ruling)
    assert len(both) == 2
    decide(lead, appeal(owners[1], both[1].pk, "We were polite").pk, "overturned", "")
    conversation.refresh_from_db()
    assert conversation.ended_at is None
    assert not Decision.objects.filter(overturned_at=None).exists()


def test_it_is_of_the_shops_owners_and_done_once(
    hidden: list[Decision], product: Product, shopper: User, colleague: User, moderator: User
) -> None:
    for person in (shopper, colleague):
        with pytest.raises(ObjectDoesNotExist):
            rule(moderator, person.pk, "hide", "Fake", product_id=product.pk)
    with pytest.raises(AlreadyDone, match="off sale"):
        rule(moderator, hidden[0].person_id, "hide", "Fake", product_id=product.pk)
    assert Decision.objects.count() == 2


def test_an_own_look_answers_the_reports_of_the_product_unless_they_are_claimed(
    report: Report, product: Product, seller: User, moderator: User, lead: User
) -> None:
    claims.claim(lead, Case.objects.get().pk)
    with pytest.raises(claims.Claimed):
        rule(moderator, seller.pk, "hide", "Fake", product_id=product.pk)
    assert not is_hidden(product)
    rule(lead, seller.pk, "hide", "Fake", product_id=product.pk)
    report.refresh_from_db()
    assert (report.outcome, report.done) == ("upheld", "hidden")


# -- who is under the measure already --------------------------------------------------------


def test_one_owner_who_is_suspended_already_is_left_out_and_named(
    owners: list[User], shop: Shop, shopper: User, moderator: User, ruled: Ruled, client_of: Any
) -> None:
    first, second = owners
    ruled(first, "suspend", ends_at=None)
    row = report_shop(shopper, shop, "scam", "Fake")
    form = {
        "measure": "suspend", "days": "", "seen": Decision.objects.latest("pk").pk,
        "ground": "terms", "clause": "No fakes", "explanation": "It is one", "reason": "Fake",
    }  # fmt: skip
    address = f"/admin/messaging/decision/decide/?report={row.pk}"
    page = client_of(moderator).post(address, form, follow=True)
    assert f"{first.name} is under such a measure already" in page.text
    assert Decision.objects.filter(person=first).count() == 1
    second.refresh_from_db()
    row.refresh_from_db()
    assert (second.is_active, row.outcome) == (False, "upheld")


def test_nothing_is_decided_if_all_are_suspended_already(
    owners: list[User], shop: Shop, shopper: User, moderator: User, ruled: Ruled
) -> None:
    for person in owners:
        ruled(person, "suspend", ends_at=None)
    row = report_shop(shopper, shop, "scam", "Fake")
    ruling = Ruling(measure="suspend", report_id=row.pk, **REASONS)
    with pytest.raises(AlreadyDone):
        decide_about_all(moderator, [person.pk for person in owners], ruling)
    row.refresh_from_db()
    assert (row.outcome, Decision.objects.count()) == ("", 2)


def test_each_further_report_that_a_decision_closes_leaves_an_entry(
    shop: Shop, shopper: User, stranger: User, seller: User, moderator: User
) -> None:
    reporters = (shopper, stranger, UserFactory())
    rows = [report_shop(person, shop, "scam", "Fake") for person in reporters]
    decision = rule(moderator, seller.pk, "warn", "Fake", report_id=rows[1].pk)
    entries = AuditEntry.objects.order_by("pk").values_list("verb", "subject", "reason")
    about = f"decision:{decision.pk}"
    assert list(entries) == [
        ("decision.warn", about, "Fake"),
        ("report.upheld", f"report:{rows[0].pk}", about),
        ("report.upheld", f"report:{rows[2].pk}", about),
    ]
