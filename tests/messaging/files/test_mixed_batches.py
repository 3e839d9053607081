"""Batches in which some messages have files: each conversation keeps its order."""

import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import OperationalError

from accounts.models import User
from messaging.records import Attempt, Sent
from messaging.sending import mixed_batches, orm
from trato.realtime.statements import Locked

pytestmark = pytest.mark.django_db(transaction=True)


class Stores:
    """Records what is stored, in order; fails for bodies in `locked` and `lost`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **failing: str) -> None:
        self.failing, self.stored = failing, list[str]()
        monkeypatch.setattr(orm, "store", self.store)

    def store(self, attempts: Sequence[Attempt]) -> list[Any]:
        return [self.answer(attempt) for attempt in attempts]

    async def plain(self, attempts: Sequence[Attempt]) -> list[Any]:
        if any(attempt.body == self.failing.get("lost") for attempt in attempts):
            raise OperationalError
        return self.store(attempts)

    def answer(self, attempt: Attempt) -> Sent | Exception:
        if attempt.body == self.failing.get("locked"):
            return Locked()
        self.stored.append(attempt.body)
        return OperationalError("stands for a message")


def attempts(person: User, *bodies: str) -> list[Attempt]:
    """Return attempts in conversation 1 or 2, as the first letter says; `+` means with files."""
    return [
        Attempt(
            sender=person,
            conversation_id=int(body[0]),
            client_id=uuid.uuid4(),
            body=body,
            files=(1,) if "+" in body else (),
        )
        for body in bodies
    ]


async def test_messages_with_and_without_files_are_stored_in_their_order(
    shopper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores, bodies = Stores(monkeypatch), ["1a", "2a", "1b+", "2b+", "1c"]
    answers = await mixed_batches.in_runs(attempts(shopper, *bodies), stores.plain)
    assert stores.stored == bodies
    assert len(answers) == 5


async def test_nothing_overtakes_a_message_that_waits_for_a_lock(
    shopper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = Stores(monkeypatch, locked="1a")
    bodies = ["1a", "2a", "1b+", "2b+", "1c"]
    answers = await mixed_batches.in_runs(attempts(shopper, *bodies), stores.plain)
    assert stores.stored == ["2a", "2b+"]
    assert [isinstance(answer, Locked) for answer in answers] == [True, False, True, False, True]


async def test_a_lost_database_fails_only_what_was_not_stored_before(
    shopper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = Stores(monkeypatch, lost="1c")
    answers = await mixed_batches.in_runs(attempts(shopper, "1a", "1b+", "1c", "2c"), stores.plain)
    assert stores.stored == ["1a", "1b+"]
    assert len(answers) == 4
