"""Every staff action and look leaves exactly one entry, and checks permission and claim.

The actions are found in the code: each function that writes to the audit trail has to be in `ACTS`.
"""

import ast
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from messaging.appeals import actions as appeals
from messaging.cases import claims
from messaging.cases.actions import open_case
from messaging.decisions import actions as decisions
from messaging.decisions.ruling import Ruling
from messaging.desk import actions as desk
from messaging.models import (
    Appeal,
    Case,
    Conversation,
    Decision,
    DryRun,
    HeldMessage,
    Message,
    MutedReporter,
    Recall,
    Report,
    ShieldRule,
    StaffMessage,
)
from messaging.moderation import actions as moderation
from messaging.moderation import permissions
from messaging.recall import actions as recalls
from messaging.reports import ignored_reporters
from messaging.review import actions as review
from messaging.rule_lab import actions as lab
from messaging.rules import actions as rules
from messaging.staff_messages import actions as staff_messages
from messaging.trust import actions as trust
from notifications.announcements import actions as announcements
from notifications.factories import AnnouncementFactory
from tests.rulings import reject, remove_message, rule, suspend
from trato.audit import actions as audit
from trato.audit.models import AuditEntry

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("accounts", "catalog", "messaging", "notifications", "trato")
# They record what people do with their own account, or a change in the admin's forms.
NOT_ACTS = {
    "messaging.appeals.actions.close_undone",  # part of what undoes the decisions
    "messaging.decisions.actions.decide_about_all",  # of further reports that a decision closes
    "messaging.decisions.actions.overturn",  # of further people's decisions, see test_together
    "trato.audit.actions.forget_words",  # part of an erasure, by the person
    "accounts.security_events._record",
    "messaging.rules.staff_feedback._fall_back_if_due",  # the site, see tests/messaging/rules
}
TRIED = {"name": "tried", "detector": "phone", "action": "hold"}


@dataclass
class Scene:
    """The objects of the actions."""

    talk: Conversation
    said: Message
    reported: Report
    held: HeldMessage
    person: User
    entry: AuditEntry
    appeal: Appeal
    other_decision: Decision


@pytest.fixture
def scene(
    conversation: Conversation, said: Message, reported: Report, shopper: User, chief: User
) -> Scene:
    held = HeldMessage.objects.create(
        conversation=conversation,
        sender=shopper,
        side="consumer",
        client_id="6f1c9f0e-5a3b-4a1e-8a54-2f4f0b8f4d55",
        body="Held words",
        reason="rule",
    )
    Conversation.objects.filter(pk=conversation.pk).update(has_held=True)
    open_case(Case.Kind.HELD, held.subject, conversation_id=conversation.pk)
    entry = audit.record(chief, "user.restored", "user:0", "Words to erase")
    person = UserFactory()
    decision = decisions.decide(chief, person.pk, WARNING)
    appeal = appeals.appeal(person, decision.pk, "I did nothing wrong")
    other = decisions.decide(chief, UserFactory().pk, WARNING)
    return Scene(conversation, said, reported, held, person, entry, appeal, other)


Act = Callable[[User, Scene], Any]
REASON = "Looked at it"
WARNING = Ruling(
    measure="warn",
    facts="You wrote it twice.",
    ground="terms",
    clause="No spam",
    explanation="It is",
)

RECALL = recalls.Order(
    message_ids=[], facts="A scam", ground="terms", clause="No fraud", explanation="It is"
)


def suspended(actor: User, scene: Scene) -> None:
    User.objects.filter(pk=scene.person.pk).update(is_active=False)
    decisions.restore(actor, scene.person.pk, REASON)


def hidden(actor: User, scene: Scene) -> Any:
    """Hide something by a decision about the shop's only owner."""
    product: Any = scene.talk.product
    owner = product.shop.members.get(memberships__role="owner")
    return rule(actor, owner.pk, "hide", REASON, product_id=product.pk)


def unmuted(actor: User, scene: Scene) -> None:
    MutedReporter.objects.get_or_create(user=scene.person)
    ignored_reporters.unmute(actor, scene.person.pk, REASON)


def run_of(scene: Scene) -> DryRun:
    return DryRun.objects.create(
        values=TRIED, asked_by=UserFactory(staff=True), since=timezone.now()
    )


def rule_of(scene: Scene) -> ShieldRule:
    rule = ShieldRule.objects.get(name="phone")
    if not rule.is_review_only:
        ShieldRule.objects.filter(pk=rule.pk).update(is_review_only=True)
        open_case(Case.Kind.RULE, rule.audited_as)
    return rule


def recalled(actor: User, scene: Scene) -> Any:
    """Recall a message that was already removed; each of the recall's decisions is an action."""
    Message.objects.filter(pk=scene.said.pk).update(removed_at=timezone.now())
    return recalls.recall(actor, scene.said.pk, RECALL)


def recall_undone(actor: User, scene: Scene) -> Any:
    assert scene.entry.actor is not None
    row = Recall.objects.create(
        message=scene.said, messages=1, senders=1, warned=0, made_by=scene.entry.actor
    )
    return recalls.undo(actor, row.pk, REASON)


def announced(actor: User, scene: Scene) -> Any:
    row = AnnouncementFactory()
    return announcements.send(actor, row.pk, REASON, announcements.version_of(row))


def case_of(scene: Scene) -> Case:
    return Case.objects.get(subject=scene.held.subject)


def wrote(actor: User, scene: Scene) -> Any:
    text: Any = {"client_id": uuid.uuid4(), "body": "Please stay polite", "reason": REASON}
    return staff_messages.write(actor, case_of(scene).pk, **text)


def took_back(actor: User, scene: Scene) -> Any:
    row = StaffMessage.objects.create(
        conversation=scene.talk, author=UserFactory(staff=True), client_id=uuid.uuid4(), body="Oh"
    )
    return staff_messages.take_back(actor, row.pk, REASON)


# Function → its actions.
ACTS: dict[str, dict[str, Act]] = {
    "messaging.decisions.actions.restore": {"restore": suspended},
    "messaging.moderation.actions.look": {
        "look": lambda actor, scene: moderation.look(actor, scene.talk.pk, REASON),
    },
    "messaging.moderation.actions.resolve_report": {
        "uphold": lambda actor, scene: moderation.resolve_report(
            actor, scene.reported.pk, "upheld", REASON
        ),
        "dismiss": lambda actor, scene: moderation.resolve_report(
            actor, scene.reported.pk, "dismissed", REASON
        ),
    },
    "messaging.reports.ignored_reporters.mute": {
        "mute": lambda actor, scene: ignored_reporters.mute(actor, scene.person.pk, REASON),
    },
    "messaging.reports.ignored_reporters.unmute": {
        "unmute": unmuted,
    },
    "messaging.trust.actions.set_trust": {
        "set trust": lambda actor, scene: trust.set_trust(
            actor, scene.person.pk, "watched", REASON
        ),
    },
    "messaging.review.actions.release": {
        "release": lambda actor, scene: review.release(actor, scene.held.pk, REASON),
    },
    "messaging.desk.actions.take": {
        "take": lambda actor, scene: desk.take(actor, case_of(scene).pk),
        "take the next": lambda actor, scene: desk.take_next(actor, Case.objects.all()),
    },
    "messaging.decisions.actions._store": {
        "decide": lambda actor, scene: decisions.decide(actor, scene.person.pk, WARNING),
        "reject": lambda actor, scene: reject(actor, scene.held.pk, REASON),
        "remove": lambda actor, scene: remove_message(actor, scene.said.pk, REASON),
        "hide": hidden,
        "suspend": lambda actor, scene: suspend(actor, scene.person.pk, REASON),
        "decide about a report": lambda actor, scene: decisions.decide(
            actor,
            scene.said.sender_id,
            replace(WARNING, report_id=scene.reported.pk, message_id=scene.said.pk),
        ),
        "decide about a held message": lambda actor, scene: decisions.decide(
            actor,
            scene.held.sender_id,
            replace(WARNING, held_id=scene.held.pk, conversation_id=scene.talk.pk),
        ),
    },
    "messaging.decisions.actions.undo": {
        "undo a decision": lambda actor, scene: decisions.undo(
            actor, scene.other_decision.pk, REASON
        ),
    },
    "messaging.desk.actions.keep_quiet": {
        "keep quiet": lambda actor, scene: desk.keep_quiet(
            actor, case_of(scene).pk, timezone.now() + timedelta(days=7), REASON
        ),
    },
    "messaging.appeals.actions.decide": {
        "decide an appeal": lambda actor, scene: appeals.decide(
            actor, scene.appeal.pk, "overturned", REASON
        ),
    },
    "messaging.rule_lab.actions.start": {
        "start a dry run": lambda actor, scene: lab.start(actor, ShieldRule(**TRIED)),
    },
    "messaging.rule_lab.actions.stop": {
        "stop a dry run": lambda actor, scene: lab.stop(actor, run_of(scene).pk),
    },
    "messaging.rules.actions.set_back": {
        "set a rule back": lambda actor, scene: rules.set_back(actor, rule_of(scene).pk, REASON),
    },
    "messaging.recall.actions.search": {
        "search for copies": lambda actor, scene: recalls.search(actor, scene.said.pk),
    },
    "messaging.recall.actions.recall": {
        "recall": recalled,
    },
    "messaging.recall.actions.undo": {
        "undo a recall": recall_undone,
    },
    "notifications.announcements.actions.send": {
        "send an announcement": announced,
    },
    "notifications.announcements.actions.withdraw": {
        "withdraw an announcement": lambda actor, scene: announcements.withdraw(
            actor, AnnouncementFactory(sent=True).pk, REASON
        ),
    },
    "messaging.staff_messages.actions.write": {"write to both sides": wrote},
    "messaging.staff_messages.actions.take_back": {"take a message back": took_back},
    "trato.audit.actions.record_export": {
        "export": lambda actor, scene: audit.record_export(actor, "all"),
    },
    "trato.audit.actions.erase_reason": {
        "erase": lambda actor, scene: audit.erase_reason(actor, scene.entry.pk, REASON),
    },
}
EACH = {name: act for acts in ACTS.values() for name, act in acts.items()}
OF_SUPERUSERS = {"erase"}
OF_LEADS = {
    "decide an appeal", "export", "send an announcement", "set a rule back", "start a dry run",
    "stop a dry run", "withdraw an announcement",
}  # fmt: skip
# Action → the item whose case the actor has to work on.
WITH_CLAIM: dict[str, Callable[[Scene], str]] = {
    "release": lambda scene: scene.held.subject,
    "reject": lambda scene: scene.held.subject,
    "take": lambda scene: scene.held.subject,
    "keep quiet": lambda scene: scene.held.subject,
    "write to both sides": lambda scene: scene.held.subject,
    "take a message back": lambda scene: scene.held.subject,
    "uphold": lambda scene: f"message:{scene.said.pk}",
    "dismiss": lambda scene: f"message:{scene.said.pk}",
    "decide an appeal": lambda scene: scene.appeal.subject,
    "set a rule back": lambda scene: rule_of(scene).audited_as,
    "search for copies": lambda scene: f"message:{scene.said.pk}",
    "recall": lambda scene: f"message:{scene.said.pk}",
    "decide about a report": lambda scene: f"message:{scene.said.pk}",
    "decide about a held message": lambda scene: scene.held.subject,
    "remove": lambda scene: f"message:{scene.said.pk}",
    "hide": lambda scene: opened(f"product:{scene.talk.product_id}"),
    "decide": lambda scene: opened("person", scene.person),
    "suspend": lambda scene: opened("person", scene.person),
    "restore": lambda scene: opened("person", scene.person),
    "set trust": lambda scene: opened("person", scene.person),
    "undo a decision": lambda scene: opened("person", scene.other_decision.person),
}
# These actions' objects have no case. The tests in tests/messaging/recall try undoing a recall.
WITHOUT_CLAIM = {
    "look", "mute", "unmute", "take the next", "start a dry run", "stop a dry run", "undo a recall",
    "send an announcement", "withdraw an announcement", "export", "erase",
}  # fmt: skip


def opened(subject: str, person: User | None = None) -> str:
    open_case(Case.Kind.REPORT, subject, person_id=person.pk if person else None)
    return subject


def member_of(name: str) -> User:
    """Return a new member of one of the staff groups."""
    user: User = UserFactory(staff=True)
    user.groups.add(Group.objects.get(name=name))
    return user


def who_may(name: str, chief: User) -> User:
    """Return somebody who may do an action, with no more permissions than it needs."""
    if name in OF_SUPERUSERS:
        return chief
    return member_of(permissions.LEADS if name in OF_LEADS else permissions.NAME)


def recording() -> Iterator[str]:
    """Yield every function that calls the audit trail's `record`."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            tree = ast.parse(path.read_text())
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for function in ast.walk(tree):
                if isinstance(function, ast.FunctionDef) and any(
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id == "record"
                    for node in ast.walk(function)
                ):
                    yield f"{module}.{function.name}"


def test_every_function_that_records_is_tried() -> None:
    of_forms = {name for name in recording() if name.startswith("trato.admin.bases.")}
    assert {*recording()} - of_forms - NOT_ACTS == {*ACTS}


@pytest.mark.parametrize("name", EACH)
def test_an_act_leaves_exactly_one_entry(name: str, scene: Scene, chief: User) -> None:
    actor = who_may(name, chief)
    before = AuditEntry.objects.count()
    EACH[name](actor, scene)
    assert AuditEntry.objects.count() == before + 1
    assert AuditEntry.objects.latest("pk").actor == actor


@pytest.mark.parametrize("name", EACH)
def test_without_the_permission_nothing_is_done_or_recorded(
    name: str, scene: Scene, helper: User
) -> None:
    before = AuditEntry.objects.count()
    for actor in (helper, member_of(permissions.AUDITORS)):
        with pytest.raises(PermissionDenied):
            EACH[name](actor, scene)
    assert AuditEntry.objects.count() == before


def test_each_act_is_listed_as_needing_a_claim_or_not() -> None:
    assert sorted([*WITH_CLAIM, *WITHOUT_CLAIM]) == sorted(EACH)


@pytest.mark.parametrize("name", sorted(WITH_CLAIM))
def test_what_somebody_else_works_on_is_left_alone(name: str, scene: Scene, chief: User) -> None:
    one, other = who_may(name, chief), who_may(name, chief)
    claims.claim(other, Case.objects.get(subject=WITH_CLAIM[name](scene)).pk)
    before = AuditEntry.objects.count()
    with pytest.raises(claims.Claimed):
        EACH[name](one, scene)
    assert AuditEntry.objects.count() == before
    EACH[name](other, scene)
    assert AuditEntry.objects.count() == before + 1
