"""The counts of a dry run, which finishes whatever happens to the process."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from catalog.models import Shop, ShopMember
from messaging.due import loop
from messaging.models import Conversation, DryRun, Message, ShieldRule
from messaging.rule_lab import actions, queries, retention, running
from messaging.rules.situations import Situation
from tests.locks import wait_until_somebody_waits_for_a_lock
from tests.messaging.rule_lab.conftest import Wrote
from tests.messaging.rule_lab.trying import PHONE, rule, tried
from tests.patience import PATIENCE
from tests.threads import in_threads
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone

pytestmark = pytest.mark.django_db


def findings(run: DryRun) -> queries.Findings:
    counted = queries.findings_of(run)
    assert counted is not None, run.state
    return counted


def samples_of(run: DryRun) -> set[int]:
    return set(queries.sample_keys(run))


def test_it_counts_the_last_days_only_and_what_people_wrote(
    lead: User, wrote: Wrote, seller: User, settings: Any
) -> None:
    first = wrote()
    answer = wrote("Rather mail me: ana@gmail.com", talk=first.conversation, by=seller)
    last = wrote(PHONE, talk=first.conversation, by=seller)
    wrote(days_ago=settings.RULE_LAB_DAYS + 1)
    wrote("Is this still available?")
    wrote(is_automatic=True)
    wrote(withdrawn_at=timezone.now())
    run = tried(lead, rule())
    assert (run.state, run.percent, run.hits, run.looked) == ("done", 100, 2, 4)
    counted = findings(run)
    assert (counted.people, counted.conversations) == (2, 1)
    assert {(str(bar.label), bar.count, bar.people) for bar in counted.sides} == {
        ("Shopper", 1, 1), ("Seller", 1, 1),
    }  # fmt: skip
    assert samples_of(run) == {first.pk, last.pk}
    assert answer.pk not in samples_of(run)
    assert {bar.label: bar.count for bar in counted.days if bar.count} == {
        first.created_at.astimezone(UTC).date(): 2
    }
    assert run.hit_counts["people"] == {}
    assert run.hit_counts["conversations"] == []


def test_the_histogram_shows_what_other_thresholds_would_stop(lead: User, wrote: Wrote) -> None:
    for age in (0.5, 2, 2, 4, 5, 40, 400):
        wrote(age=age)
    run = tried(lead, rule(relationship="new_account", account_days=5))
    bars = {bar.label: (bar.count, bar.people, bar.is_stopped) for bar in findings(run).ages}
    assert bars == {
        "0 to 1 days": (1, 1, True),
        "1 to 3 days": (2, 2, True),
        "3 to 5 days": (1, 1, True),
        "5 to 7 days": (1, 0, False),
        "7 to 14 days": (0, 0, False),
        "14 to 30 days": (0, 0, False),
        "30 to 90 days": (1, 0, False),
        "90 to 365 days": (0, 0, False),
        "365 days and more": (1, 0, False),
    }
    assert run.hits == findings(run).people == 4
    whole = tried(lead, rule())
    assert whole.hits == 7
    assert all(bar.is_stopped for bar in findings(whole).ages)


def test_sides_relationship_and_category_are_those_of_that_time(
    lead: User, wrote: Wrote, seller: User
) -> None:
    before = wrote()
    wrote("Ok", talk=before.conversation, by=seller)
    after = wrote(talk=before.conversation)
    own = wrote(talk=before.conversation, by=seller)
    assert samples_of(tried(lead, rule(relationship="unanswered"))) == {before.pk}
    assert samples_of(tried(lead, rule(side="seller"))) == {own.pk}
    category = before.conversation.product.category.slug
    every = {before.pk, after.pk, own.pk}
    assert samples_of(tried(lead, rule(category=category))) == every
    assert samples_of(tried(lead, rule(category="nothing"))) == set()


def test_between_colleagues_no_rule_applies(lead: User, wrote: Wrote, shop: Shop) -> None:
    message = wrote()
    assert tried(lead, rule()).hits == 1
    User.objects.filter(pk=message.sender_id).update(role="seller")
    ShopMember.objects.create(shop=shop, user=message.sender)
    assert tried(lead, rule()).hits == 0


def test_the_overlap_counts_only_rules_that_are_on(lead: User, wrote: Wrote) -> None:
    wrote(PHONE)
    wrote("Call 612 345 678 or mail ana@gmail.com")
    ShieldRule.objects.filter(name="email").update(is_on=False)
    tested = ShieldRule.objects.get(name="phone")
    ShieldRule.objects.create(name="please", pattern="please", action="warn")
    ShieldRule.objects.create(name="off", pattern="call", is_on=False)
    counted = findings(tried(lead, tested))
    assert [(bar.label, bar.count) for bar in counted.overlaps] == [("please", 1)]
    assert counted.without_overlap == 1


def test_an_edited_rule_is_tried_as_it_is_and_not_saved(lead: User, wrote: Wrote) -> None:
    message = wrote("This quartzite is lovely")
    saved = ShieldRule.objects.create(name="stones", pattern="granite", is_on=False)
    saved.pattern = "quartzite"
    run = tried(lead, saved)
    assert samples_of(run) == {message.pk}
    saved.refresh_from_db()
    assert saved.pattern == "granite"
    assert not Message.objects.exclude(pk=message.pk).exists()
    entry = AuditEntry.objects.get(verb="dryrun.started")
    assert entry.actor == lead
    assert "quartzite" in entry.reason


def test_slices_of_any_size_count_the_same(lead: User, wrote: Wrote, settings: Any) -> None:
    settings.RULE_LAB_SAMPLES = 3
    for number in range(8):
        wrote(age=number)
    whole = tried(lead, rule())
    settings.RULE_LAB_BATCH_KEYS = 1
    settings.RULE_LAB_SLICE_SECONDS = 0
    sliced = tried(lead, rule())
    assert sliced.hit_counts == whole.hit_counts
    assert len(whole.hit_counts["samples"]) == 3
    assert (sliced.hits, sliced.looked) == (whole.hits, whole.looked) == (8, 8)


def test_a_killed_slice_is_done_again_from_the_last_that_was_stored(
    lead: User, wrote: Wrote, settings: Any, monkeypatch: Any
) -> None:
    for _ in range(4):
        wrote()
    settings.RULE_LAB_BATCH_KEYS, settings.RULE_LAB_SLICE_SECONDS = 2, 0
    run = actions.start(lead, rule())
    assert running.due(1) == 1
    claimed = running._claim()  # a process that is killed now
    assert claimed is not None
    assert running.due(1) == 0  # until its claim expires
    DryRun.objects.update(free_at=timezone.now())
    while running.due(1):
        pass
    run.refresh_from_db()
    assert (run.state, run.hits, run.looked) == ("done", 4, 4)


def test_a_process_that_was_thought_dead_stores_nothing(
    lead: User, wrote: Wrote, monkeypatch: Any
) -> None:
    wrote()
    run = actions.start(lead, rule())
    original = running._slice

    def slow(claimed: DryRun) -> Any:
        changes = original(claimed)
        actions.stop(lead, claimed.pk)
        return changes

    monkeypatch.setattr(running, "_slice", slow)
    running.due(1)
    run.refresh_from_db()
    assert (run.state, run.hit_counts, run.hits) == ("stopped", {}, 0)
    with pytest.raises(AlreadyDone):
        actions.stop(lead, run.pk)


def test_a_run_that_fails_again_and_again_is_given_up(
    lead: User, settings: Any, monkeypatch: Any
) -> None:
    settings.RULE_LAB_RETRY_SECONDS = 0

    def fail(run: DryRun) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr(running, "_slice", fail)
    run = actions.start(lead, rule())
    for _ in range(settings.RULE_LAB_ATTEMPTS_MAX + 1):
        running.due(1)
    run.refresh_from_db()
    assert run.state == "failed"
    assert running.due(1) == 0


def test_a_process_that_ends_stores_what_it_has(
    lead: User, wrote: Wrote, settings: Any, monkeypatch: Any
) -> None:
    settings.RULE_LAB_BATCH_KEYS = 1
    wrote()
    wrote()
    run = actions.start(lead, rule())
    monkeypatch.setattr(loop, "is_stopping", iter([False, True]).__next__)
    assert running.due(1) == 1
    run.refresh_from_db()
    assert (run.state, run.looked, run.attempts) == ("waiting", 1, 0)


def test_one_run_at_a_time_for_each_person(lead: User) -> None:
    actions.start(lead, rule())
    with pytest.raises(ValidationError):
        actions.start(lead, rule())
    actions.start(UserFactory(staff=True, is_superuser=True), rule())
    assert DryRun.objects.count() == 2


def test_moderators_and_auditors_start_and_stop_nothing(
    moderator: User, auditor: User, lead: User
) -> None:
    run = actions.start(lead, rule())
    for person in (moderator, auditor):
        with pytest.raises(PermissionDenied):
            actions.start(person, rule())
        with pytest.raises(PermissionDenied):
            actions.stop(person, run.pk)
    assert DryRun.objects.get().state == "waiting"


def test_the_numbers_of_people_are_bounded(lead: User, wrote: Wrote, settings: Any) -> None:
    settings.RULE_LAB_NAMED_MAX = 2
    for _ in range(4):
        wrote()
    counted = findings(tried(lead, rule()))
    assert (counted.people, counted.conversations, counted.is_more) == (2, 2, True)


def test_an_unknown_language_suits_every_rule() -> None:
    past = Situation("consumer", None, None, is_answered=False, category="")
    assert past.suits(rule(language="es"))
    assert not Situation("consumer", "en", None, is_answered=False, category="").suits(
        rule(language="es")
    )


def test_old_runs_are_deleted(lead: User, conversation: Conversation, settings: Any) -> None:
    old, new = tried(lead, rule()), tried(lead, rule())
    days = settings.RULE_LAB_KEEP_DAYS + 1
    DryRun.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=days))
    [expired] = retention.RULES
    assert list(expired.expired()) == [old]
    assert new.pk != old.pk


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_two_clicks_at_once_start_one_run(lead: User) -> None:
    def click() -> bool:
        try:
            actions.start(lead, rule())
        except ValidationError:
            return False
        return True

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert click()
            second = pool.submit(in_threads, 1, click)
            wait_until_somebody_waits_for_a_lock()
        assert second.result(PATIENCE) == [False]
    assert DryRun.objects.count() == 1
