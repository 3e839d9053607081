"""A decision about a held message locks its case first; other transactions lock it last."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

from accounts import deletion
from accounts.models import User
from messaging import actions
from messaging.decisions import actions as deciding
from messaging.models import Conversation, HeldMessage
from messaging.review import actions as reviewing
from tests.rulings import rule

decisions: Any = deciding  # tests replace what these modules import
review: Any = reviewing
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer"),
]


def run(*acts: Any) -> list[BaseException | None]:
    def one(act: Any) -> BaseException | None:
        try:
            act()
        except BaseException as error:
            return error
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return [each.result(60) for each in [pool.submit(one, act) for act in acts]]


def held_by(person: User, talk: Conversation) -> HeldMessage:
    actions.send(person, talk.pk, uuid.uuid4(), "Something suspicious")
    return HeldMessage.objects.get()


def test_its_sender_can_take_it_back_meanwhile(
    conversation: Conversation, shopper: User, moderator: User, monkeypatch: Any
) -> None:
    held = held_by(shopper, conversation)
    has_case, has_talk = threading.Event(), threading.Event()
    lock_person, find = decisions.lock_person, review.queries.find

    def locking(person_id: int) -> Any:
        has_case.set()
        has_talk.wait(10)
        return lock_person(person_id)

    def finding(*args: Any) -> Any:
        has_talk.set()
        has_case.wait(10)
        return find(*args)

    monkeypatch.setattr(decisions, "lock_person", locking)
    monkeypatch.setattr(review.queries, "find", finding)
    errors = run(
        lambda: rule(
            moderator, shopper.pk, "warn", "Rude",
            held_id=held.pk, conversation_id=conversation.pk,
        ),
        lambda: review.withdraw(shopper, conversation.pk, held.client_id),
    )  # fmt: skip
    assert errors == [None, None]


def test_its_sender_can_be_erased_meanwhile(
    conversation: Conversation, shopper: User, moderator: User, monkeypatch: Any
) -> None:
    held = held_by(shopper, conversation)
    has_case, has_person = threading.Event(), threading.Event()
    lock_person = decisions.lock_person
    from messaging import deletion as messaging_part

    part: Any = messaging_part

    close_case = part.cases.close_case

    def locking(person_id: int) -> Any:
        has_case.set()
        has_person.wait(10)
        return lock_person(person_id)

    def closing(*args: Any) -> Any:
        has_person.set()
        has_case.wait(10)
        return close_case(*args)

    monkeypatch.setattr(decisions, "lock_person", locking)
    monkeypatch.setattr(part.cases, "close_case", closing)
    errors = run(
        lambda: rule(
            moderator, shopper.pk, "warn", "Rude",
            held_id=held.pk, conversation_id=conversation.pk,
        ),
        lambda: deletion.delete_account(shopper.pk),
    )  # fmt: skip
    assert not any("deadlock" in str(error) for error in errors), errors


def test_it_can_be_released_and_decided_about_at_once(
    conversation: Conversation, shopper: User, moderator: User, monkeypatch: Any
) -> None:
    held = held_by(shopper, conversation)
    has_case, has_talk = threading.Event(), threading.Event()
    lock_person, require = decisions.lock_person, review.claims.require

    def locking(person_id: int) -> Any:
        has_case.set()
        has_talk.wait(10)
        return lock_person(person_id)

    def requiring(actor: Any, kind: str, subject: str) -> Any:
        if threading.current_thread().name == "release":
            has_talk.set()
            has_case.wait(10)
        return require(actor, kind, subject)

    def release() -> None:
        threading.current_thread().name = "release"
        review.release(moderator, held.pk, "Innocent")

    monkeypatch.setattr(decisions, "lock_person", locking)
    monkeypatch.setattr(review.claims, "require", requiring)
    errors = run(
        lambda: rule(
            moderator, shopper.pk, "warn", "Rude",
            held_id=held.pk, conversation_id=conversation.pk,
        ),
        release,
    )  # fmt: skip
    assert not any("deadlock" in str(error) for error in errors), errors
