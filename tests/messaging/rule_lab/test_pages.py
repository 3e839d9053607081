"""The lab's pages: who sees what, that looks are recorded, and that nothing is markup."""

from typing import Any

import pytest

from accounts.models import User
from messaging.models import Conversation, DryRun, Look, ShieldRule
from messaging.rule_lab import actions, running
from tests.messaging.rule_lab.conftest import Wrote
from tests.messaging.rule_lab.trying import rule, tried
from tests.staff.addresses import address, of
from trato.audit.models import AuditEntry

pytestmark = pytest.mark.django_db

MARKUP = "<img src=x onerror=alert(1)>"
SHOWN = "&lt;img src=x onerror=alert(1)&gt;"
FORM = {
    "name": "stones", "pattern": "quartzite", "action": "hold", "label_en": "a stone",
    "days-TOTAL_FORMS": 0, "days-INITIAL_FORMS": 0,
}  # fmt: skip


def test_the_form_of_a_rule_is_tried_without_saving_it(
    lead: User, wrote: Wrote, client_of: Any
) -> None:
    wrote("Is it quartzite?")
    client = client_of(lead)
    start = address(DryRun, "start/")
    assert start in client.get(address(ShieldRule, "add/")).text
    answer = client.post(start, FORM)
    run = DryRun.objects.get()
    assert answer["Location"] == of(run)
    assert "under way" in client.get(of(run)).text
    assert client.get(of(run, "state/")).json()["state"] == "waiting"
    running.due(1)
    assert "under way" not in client.get(of(run)).text
    assert not ShieldRule.objects.filter(name="stones").exists()
    saved = ShieldRule.objects.create(name="stones", pattern="granite", is_on=False)
    assert f"?rule={saved.pk}" in client.get(of(saved)).text
    client.post(f"{start}?rule={saved.pk}", FORM)
    saved.refresh_from_db()
    run = DryRun.objects.latest("pk")
    assert (saved.pattern, run.tried.pattern, run.rule) == ("granite", "quartzite", saved)
    assert not AuditEntry.objects.filter(verb__startswith="shieldrule.").exists()
    assert client.post(f"{start}?rule={saved.pk}", FORM)["Location"] == of(saved)  # one at a time


def test_a_rule_that_is_wrong_is_not_tried_and_its_page_says_why(
    lead: User, client_of: Any
) -> None:
    client = client_of(lead)
    page = client.post(address(DryRun, "start/"), FORM | {"pattern": "(" + MARKUP})
    assert page.status_code == 200
    assert "no RE2 pattern" in page.text
    assert MARKUP not in page.text
    assert f'action="{address(ShieldRule, "add/")}"' in page.text
    saved = ShieldRule.objects.get(name="phone")
    page = client.post(f"{address(DryRun, 'start/')}?rule={saved.pk}", {"name": "phone"})
    assert f'action="{of(saved)}"' in page.text
    assert not DryRun.objects.exists()
    saved.refresh_from_db()
    assert saved.detector == "phone"


def test_samples_are_shown_after_a_look_that_both_sides_learn_of(
    lead: User, moderator: User, auditor: User, wrote: Wrote, client_of: Any
) -> None:
    message = wrote(f"{MARKUP} quartzite")
    run = tried(lead, rule(detector="", pattern="quartzite"))
    client = client_of(moderator)
    page = client.get(of(run)).text
    assert "quartzite</p>" not in page
    assert "chosen by chance" in page
    assert not AuditEntry.objects.filter(verb="conversation.looked").exists()
    assert client.post(of(run, "samples/"), {"reason": ""}).status_code == 400
    assert client.post(of(run, "samples/"), {"reason": "Is the rule right?"}).status_code == 302
    entry = AuditEntry.objects.get(verb="conversation.looked")
    assert entry.subject == f"conversation:{message.conversation_id}"
    assert (entry.actor, entry.reason) == (moderator, "Is the rule right?")
    assert Look.objects.get().conversation == message.conversation
    page = client.get(of(run)).text
    assert f"{SHOWN} quartzite</p>" in page
    assert MARKUP not in page
    assert "quartzite</p>" not in client_of(lead).get(of(run)).text  # somebody else's look
    of_auditor = client_of(auditor)
    assert "chosen by chance" not in of_auditor.get(of(run)).text
    assert of_auditor.post(of(run, "samples/"), {"reason": "Curious"}).status_code == 403


def test_samples_in_one_conversation_are_one_look(
    lead: User, wrote: Wrote, conversation: Conversation
) -> None:
    wrote()
    wrote(talk=conversation)
    wrote(talk=conversation)
    run = tried(lead, rule())
    assert actions.look_at_samples(lead, run.pk, "To see") == 2
    assert Look.objects.count() == 2


def test_names_and_patterns_are_shown_as_text(lead: User, wrote: Wrote, client_of: Any) -> None:
    wrote(f"{MARKUP} 612 345 678")
    ShieldRule.objects.create(name=MARKUP, pattern="612")
    run = tried(lead, rule(name=MARKUP, detector="", pattern=MARKUP.replace("(1)", ".1.")))
    client = client_of(lead)
    for page in (
        of(run),
        address(DryRun),
        of(run, "samples/"),
        of(ShieldRule.objects.latest("pk")),
    ):
        text = client.get(page).text
        assert MARKUP[:10] not in text, page
        assert "&lt;img" in text, page
    ShieldRule.objects.filter(name=MARKUP).update(is_review_only=True)
    assert MARKUP[:10] not in client.get(address(ShieldRule)).text


def test_only_leads_start_and_stop_a_run_on_its_page(
    lead: User, moderator: User, auditor: User, client_of: Any
) -> None:
    run = actions.start(lead, rule())
    for person in (moderator, auditor):
        client = client_of(person)
        assert client.post(address(DryRun, "start/"), FORM).status_code == 403
        assert client.post(of(run, "stop/")).status_code == 403
        assert "stop/" not in client.get(of(run)).text
        assert "Try it" not in client.get(of(ShieldRule.objects.get(name="phone"))).text
        assert client.get(of(run, "state/")).status_code == 200
    client = client_of(lead)
    assert client.get(of(run, "stop/")).status_code == 405
    assert client.post(of(run, "stop/")).status_code == 302
    assert client.post(of(run, "stop/")).status_code == 302
    assert [*DryRun.objects.values_list("state", flat=True)] == ["stopped"]
    assert AuditEntry.objects.filter(verb="dryrun.stopped").count() == 1


def test_somebody_without_the_permission_learns_nothing(
    lead: User, seller: User, client_of: Any
) -> None:
    run = tried(lead, rule())
    client = client_of(seller)
    for rest in ("change/", "state/", "samples/"):
        assert client.get(of(run, rest)).status_code == 302
