"""Bad patterns from staff, and rules that can't work, are refused when they are saved."""

import uuid
from typing import Any

import pytest
import re2
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import CategoryFactory
from messaging.models import Conversation, ShieldRule
from messaging.moderation import permissions
from messaging.rules import patterns, snapshot
from messaging.rules.first_rules import make_rules
from trato.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


def refusal(**values: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as raised:
        ShieldRule(name="own", **values).full_clean()
    messages: dict[str, list[str]] = raised.value.message_dict
    return messages


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(", "no RE2 pattern"),
        (r"(a)\1", "no RE2 pattern"),
        ("(?<=a)b", "no RE2 pattern"),
        ("(?:a{1000}){1000}", "no RE2 pattern"),
        ("(?:[a-z]{10,100}){10}", "too costly"),
        ("a*", "matches any message"),
        (".", "matches any message"),
        ("x" * 501, "500"),
    ],
)
def test_a_bad_pattern_is_refused_in_words(pattern: str, words: str) -> None:
    assert words in refusal(pattern=pattern)["pattern"][0]


@pytest.mark.parametrize("pattern", ["onlyfans", r"\bapuest\w+", "(?:uno|dos) (?:tres){1,3}", "ñu"])
def test_a_good_pattern_is_accepted(pattern: str) -> None:
    ShieldRule(name="own", pattern=pattern).full_clean()


def test_there_are_only_so_many_patterns(settings: Any) -> None:
    settings.SHIELD_PATTERNS_MAX = 1
    row = ShieldRule.objects.create(name="own", pattern="onlyfans")
    row.full_clean()  # it may still be changed
    with pytest.raises(ValidationError, match="patterns already"):
        ShieldRule(name="other", pattern="tinder").full_clean()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "__all__"),
        ({"detector": "phone", "pattern": "x"}, "__all__"),
        ({"detector": "sms_code", "action": "mask"}, "action"),
        ({"detector": "phone", "relationship": "new_account"}, "account_days"),
        ({"detector": "phone", "account_days": 0}, "account_days"),
    ],
)
def test_a_rule_that_cant_work_is_refused(values: dict[str, Any], field: str) -> None:
    assert field in refusal(**values)


def test_no_pattern_hangs_a_send() -> None:
    own = ShieldRule(name="own", pattern="(?:a+)+b")
    own.full_clean()
    rules = snapshot.RuleSet([own])
    assert not rules.fires("a" * 4000)


def test_a_pattern_that_the_database_has_and_re2_refuses_is_an_error_at_once() -> None:
    with pytest.raises(re2.error):
        patterns.compiled("(")


def test_the_first_rules_are_created_once_and_then_left_alone() -> None:
    assert ShieldRule.objects.count() == 13
    assert not ShieldRule.objects.get(name="link").is_on
    ShieldRule.objects.exclude(name="phone").delete()
    make_rules()
    assert ShieldRule.objects.count() == 1


def test_leads_change_a_rule_and_it_works_at_once(
    moderator: User, client_of: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client, rule = client_of(moderator), ShieldRule.objects.get(name="phone")
    assert client.post(f"/admin/messaging/shieldrule/{rule.pk}/change/", {}).status_code == 403
    moderator.groups.add(Group.objects.get(name=permissions.LEADS))
    address = f"/admin/messaging/shieldrule/{rule.pk}/change/"
    category = CategoryFactory()
    page = client.get(address)
    assert page.status_code == 200
    assert f'value="{category.slug}"' in page.text
    form = page.context["adminform"].form
    values = {name: form[name].value() or "" for name in form.fields}
    values |= {"days-TOTAL_FORMS": 0, "days-INITIAL_FORMS": 0, "action": "refuse"}
    refused = client.post(address, values | {"name": "Teléfono nº 1"})
    assert "Use only unaccented letters" in refused.text
    assert snapshot.fresh()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address, values).status_code == 302
    rule.refresh_from_db()
    assert rule.action == "refuse"
    assert snapshot.fresh() is None
    entry = AuditEntry.objects.get(verb="shieldrule.changed")
    assert (entry.actor, entry.reason) == (moderator, "action: warn → refuse")
    answer = client.post(address, values | {"detector": "", "pattern": "(<script>"})
    assert answer.status_code == 200
    assert "no RE2 pattern" in answer.text
    assert "(<script>" not in answer.text


def test_what_staff_write_is_shown_as_text(
    shopper: User, conversation: Conversation, client_of: Any
) -> None:
    evil = "<script>alert(1)</script>"
    rule = ShieldRule.objects.create(
        name="own", pattern="<script>", label_en=evil, label_es=evil, action="refuse"
    )
    snapshot.load()
    form = {"body": f"{evil} hello", "client_id": str(uuid.uuid4())}
    address = f"{conversation.get_absolute_url()}new_message/"
    chief = client_of(UserFactory(staff=True, is_superuser=True))
    for page in (
        client_of(shopper).post(address, form),
        chief.get("/admin/messaging/shieldrule/"),
        chief.get(f"/admin/messaging/shieldrule/{rule.pk}/change/"),
    ):
        assert "&lt;script&gt;" in page.text
        assert evil not in page.text


def test_nobody_deletes_a_rule(client_of: Any) -> None:
    chief = UserFactory(staff=True, is_superuser=True)
    rule = ShieldRule.objects.get(name="phone")
    address = f"/admin/messaging/shieldrule/{rule.pk}/delete/"
    assert client_of(chief).post(address, {"post": "yes"}).status_code == 403
