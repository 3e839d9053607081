"""Staff's decisions about a rule's messages count; with too many overturned, it only reviews."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import User
from messaging.appeals import actions as appeals
from messaging.cases import claims
from messaging.decisions.actions import decide, undo
from messaging.decisions.ruling import Ruling
from messaging.models import Case, Conversation, Decision, HeldMessage, RuleDay, ShieldRule
from messaging.records import Held
from messaging.review.actions import release
from messaging.rules import actions, staff_feedback
from tests.messaging.rules.asking import PHONE, question, send
from tests.messaging.rules.conftest import SetRule
from tests.rulings import reject, rule
from tests.staff.addresses import address, of
from tests.threads import in_threads
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few(settings: Any) -> None:
    settings.RULE_OVERTURN_LEAST, settings.RULE_OVERTURN_SHARE = 4, 0.5


def judged(name: str, *wrong: bool) -> ShieldRule:
    """Judge messages of a rule."""
    for is_wrong in wrong:
        (staff_feedback.overturn if is_wrong else staff_feedback.confirm)(name)
    return ShieldRule.objects.get(name=name)


def test_releasing_overturns_and_rejecting_confirms(
    shopper: User, conversation: Conversation, moderator: User, set_rule: SetRule
) -> None:
    set_rule("phone", action="hold")
    assert isinstance(send(shopper, conversation), Held)
    assert isinstance(send(shopper, conversation, "And 622 345 679"), Held)
    assert isinstance(send(shopper, conversation, "Thanks"), Held)  # is only waiting behind them
    first, second, behind = HeldMessage.objects.order_by("pk")
    assert behind.reason == ""
    reject(moderator, behind.pk, "No")
    reject(moderator, first.pk, "No")
    release(moderator, second.pk, "Fine")
    day = RuleDay.objects.get(rule__name="phone")
    assert (day.judged, day.overturned) == (2, 1)


def test_an_overturned_appeal_counts_on_the_day_of_the_decision(
    shopper: User, moderator: User, lead: User
) -> None:
    ruling = Ruling(
        measure="warn",
        facts="It says so",
        ground="terms",
        clause="No scams",
        explanation="It is",
        source="rule",
        rule="sms-code",
        is_found_automatically=True,
    )
    decision = decide(moderator, shopper.pk, ruling)
    day = RuleDay.objects.get(rule__name="sms-code")
    assert (day.judged, day.overturned) == (1, 0)
    appeal = appeals.appeal(shopper, decision.pk, "It was a joke")
    appeals.decide(lead, appeal.pk, "overturned", "")
    day.refresh_from_db()
    assert (day.judged, day.overturned) == (1, 1)
    assert RuleDay.objects.count() == 1


def test_a_decision_about_the_sender_of_a_held_message_names_the_rule(
    shopper: User, conversation: Conversation, moderator: User, client_of: Any, set_rule: SetRule
) -> None:
    set_rule("phone", action="hold")
    send(shopper, conversation)
    send(shopper, conversation, "Thanks")
    held, behind = HeldMessage.objects.order_by("pk")
    client = client_of(moderator)
    page = f"{address(Decision)}decide/?held={held.pk}"
    assert page.replace("&", "&amp;") in client.get(of(held)).text
    assert PHONE in client.get(page).text
    form = {
        "measure": "warn", "days": "", "ground": "terms", "clause": "No numbers",
        "explanation": "It is one", "reason": "You wrote a number", "seen": 0,
    }  # fmt: skip
    assert client.post(page, form).status_code == 302
    decision = Decision.objects.get()
    assert (decision.source, decision.rule, decision.person) == ("rule", "phone", shopper)
    assert decision.conversation == conversation
    assert decision.is_found_automatically
    assert RuleDay.objects.get().judged == 1
    only = client.get(f"{address(Decision)}decide/?held={behind.pk}").context["form"]
    assert [value for value, _label in only.fields["measure"].choices] == ["reject"]


def test_other_decisions_say_nothing_about_a_rule(shopper: User, moderator: User) -> None:
    ruling = Ruling(
        measure="warn",
        facts="It says so",
        ground="terms",
        clause="No",
        explanation="It is",
        rule="sms-code",
    )
    assert decide(moderator, shopper.pk, ruling).rule == ""
    assert not RuleDay.objects.exists()


@pytest.mark.parametrize("action", ["mask", "refuse"])
def test_a_rule_overturned_too_often_only_holds_and_says_so(
    action: str, shopper: User, conversation: Conversation, set_rule: SetRule
) -> None:
    set_rule("phone", action=action)
    assert question(shopper, conversation).shield.action == action
    assert not judged("phone", True, True, False).is_review_only  # three are too few to tell
    rule = judged("phone", False)
    assert rule.is_review_only
    assert (rule.action, rule.effect) == (action, "hold")
    set_rule("phone")
    assert isinstance(send(shopper, conversation), Held)


def test_falling_back_opens_one_case_and_is_one_entry_without_an_actor(
    shopper: User, conversation: Conversation, set_rule: SetRule, lead: User, client_of: Any
) -> None:
    set_rule("phone", action="refuse")
    rule = judged("phone", *[True] * 6)
    case = Case.objects.get(kind="rule")
    assert (case.subject, case.count, case.closed_at) == (f"shieldrule:{rule.pk}", 1, None)
    entry = AuditEntry.objects.get(verb="shieldrule.fell_back")
    assert (entry.actor, entry.subject, entry.reason) == (None, case.subject, "4/4")
    set_rule("phone")
    assert isinstance(send(shopper, conversation), Held)
    client = client_of(lead)
    assert "The site itself" in client.get(of(entry)).text
    assert "The site itself" in client.get(address(AuditEntry)).text
    assert "This rule is for review only." in client.get(of(rule)).text
    [listed] = client.get(address(ShieldRule), {"is_review_only__exact": 1}).context["cl"].queryset
    assert listed == rule
    claims.claim(lead, case.pk)
    page = client.get(of(case)).text
    assert f"/shieldrule/{rule.pk}/set-back/" in page


@pytest.mark.django_db(transaction=True)
def test_decisions_at_the_same_time_are_all_counted_and_tell_once() -> None:
    in_threads(6, staff_feedback.overturn, "phone")
    assert RuleDay.objects.get().overturned == 6
    assert AuditEntry.objects.filter(verb="shieldrule.fell_back").count() == 1
    assert Case.objects.get(kind="rule").count == 1


def test_a_few_wrong_ones_of_many_change_nothing(set_rule: SetRule) -> None:
    rule = judged("phone", False, False, True, False, False, True)
    assert not rule.is_review_only
    assert not Case.objects.exists()


def test_a_lead_sets_it_back_and_it_is_judged_afresh(
    lead: User, moderator: User, client_of: Any, set_rule: SetRule
) -> None:
    set_rule("phone", action="mask")
    rule = judged("phone", *[True] * 4)
    with pytest.raises(PermissionDenied):
        actions.set_back(moderator, rule.pk, "Mine")
    client = client_of(lead)
    assert client.get(of(rule, "set-back/")).status_code == 200
    assert client.post(of(rule, "set-back/"), {"reason": "Narrower now"}).status_code == 302
    rule.refresh_from_db()
    assert (rule.is_review_only, rule.effect) == (False, "mask")
    assert rule.judged_from == timezone.now().date()
    assert Case.objects.get(kind="rule").closed_at
    entry = AuditEntry.objects.get(verb="shieldrule.set_back")
    assert (entry.actor, entry.reason) == (lead, "Narrower now")
    with pytest.raises(AlreadyDone):
        actions.set_back(lead, rule.pk, "Again")
    assert not judged("phone", True).is_review_only


def test_a_changed_rule_is_judged_afresh_but_not_a_renamed_one(
    lead: User, client_of: Any, set_rule: SetRule
) -> None:
    rule = judged("phone", True, True)
    client = client_of(lead)
    shown = {"name": "phone", "detector": "phone", "action": "warn", "is_on": "on"}
    months = {"days-TOTAL_FORMS": 0, "days-INITIAL_FORMS": 0}
    client.post(of(rule), shown | months | {"name": "telephone"})
    rule.refresh_from_db()
    assert (rule.name, rule.judged_from) == ("telephone", None)
    assert staff_feedback.judged_lately(rule) == (2, 2)
    client.post(of(rule), shown | months | {"name": "telephone", "action": "hold"})
    rule.refresh_from_db()
    assert rule.judged_from == timezone.now().date()
    assert staff_feedback.judged_lately(rule) == (0, 0)


def test_the_pages_show_the_figures_of_a_month(lead: User, client_of: Any) -> None:
    rule = judged("phone", False, False, False, True)
    RuleDay.objects.update(hits=40)
    this, before = timezone.now().date(), timezone.now().date().replace(year=2000)
    RuleDay.objects.create(rule=rule, day=before, hits=9999)
    client = client_of(lead)
    assert "25% (1/4)" in client.get(address(ShieldRule)).text
    assert "25% (1/4)" in client.get(address(ShieldRule), {"month": f"{this:%Y-%m}"}).text
    last = this.replace(day=1) - timedelta(days=1)
    assert "25% (1/4)" not in client.get(address(ShieldRule), {"month": f"{last:%Y-%m}"}).text
    page = client.get(of(rule)).text
    assert "1 (25%)" in page
    assert "9999" not in page
    assert client.get(address(ShieldRule), {"month": "<b>"}).status_code == 200


def test_a_message_held_by_a_rule_that_fell_back_is_still_judged(
    shopper: User, conversation: Conversation, set_rule: SetRule, moderator: User
) -> None:
    set_rule("phone", action="mask")
    judged("phone", *[True] * 4)
    set_rule("phone")
    held = send(shopper, conversation, PHONE)
    assert isinstance(held, Held)
    release(moderator, HeldMessage.objects.get().pk, "Fine")
    assert RuleDay.objects.get().overturned == 5
    assert AuditEntry.objects.filter(verb="shieldrule.fell_back").count() == 1


def test_a_held_message_counts_once_however_often_staff_decide(
    shopper: User, conversation: Conversation, moderator: User, set_rule: SetRule
) -> None:
    set_rule("phone", action="hold")
    send(shopper, conversation)
    held = HeldMessage.objects.get()
    about: dict[str, Any] = {"held_id": held.pk, "conversation_id": conversation.pk}
    warning = rule(moderator, shopper.pk, "warn", "A number", **about)
    reject(moderator, held.pk, "A number")
    rule(moderator, shopper.pk, "close", "A number", **about)
    day = RuleDay.objects.get(rule__name="phone")
    assert (day.judged, day.overturned) == (1, 0)
    rejection = Decision.objects.get(measure="reject")
    for number, decision in enumerate((rejection, warning)):
        undo(moderator, decision.pk, "Too hard")
        day.refresh_from_db()
        assert (day.judged, day.overturned) == (1, 0), number  # the last one stands
    undo(moderator, Decision.objects.get(measure="close").pk, "Too hard")
    day.refresh_from_db()
    assert (day.judged, day.overturned) == (1, 1)


def test_a_warned_senders_message_that_is_released_counts_once(
    shopper: User, conversation: Conversation, moderator: User, set_rule: SetRule
) -> None:
    set_rule("phone", action="hold")
    send(shopper, conversation)
    held = HeldMessage.objects.get()
    about = {"held_id": held.pk, "conversation_id": conversation.pk}
    rule(moderator, shopper.pk, "warn", "A number", **about)
    release(moderator, held.pk, "Fine")
    day = RuleDay.objects.get(rule__name="phone")
    assert (day.judged, day.overturned) == (1, 1)
