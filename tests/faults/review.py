"""Staff who decide on held messages at random moments, sometimes two at the same time."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from threading import Barrier, BrokenBarrierError, Thread
from typing import Literal

from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError, connection

from accounts.models import User
from messaging.models import HeldMessage
from messaging.review import actions
from tests.rulings import reject
from trato.errors import AlreadyDone

from .history import History

How = Literal["released", "rejected"]

RELEASED = 0.7  # the share; the others are rejected
BY_TWO = 0.3  # the share on which two people decide simultaneously
TOGETHER = 5.0  # seconds that one of two waits for the other
ROUNDS = 3  # in which everything should be decided
REASON = "for the suite's sake"


@dataclass
class Review:
    """The people who decide.

    Args:
        staff: two people.
        conversations: those whose held messages they decide on.
    """

    staff: list[User]
    conversations: Collection[int]
    history: History

    def waiting(self) -> list[HeldMessage]:
        """Return messages that need a decision, oldest first; those waiting behind need none."""
        rows = HeldMessage.objects.filter(
            conversation__in=self.conversations, state=HeldMessage.State.WAITING
        )
        return list(rows.exclude(reason="").select_related("sender").order_by("pk"))

    def decide_one(self) -> None:
        """Decide on a random message. The database may be down."""
        try:
            if rows := self.waiting():
                self._decide(random.choice(rows))
        except (DatabaseError, InterfaceError):
            pass

    def decide_all(self) -> None:
        """Decide on all that waits, in any order. The checker complains about what is left."""
        for _ in range(ROUNDS):
            rows = self.waiting()
            random.shuffle(rows)
            for row in rows:
                self._decide(row)

    def begin(self, row: HeldMessage, how: How) -> None:
        """Record that somebody is about to decide."""
        self._note("deciding", row, how)

    def _decide(self, row: HeldMessage) -> None:
        if random.random() >= BY_TWO:
            self._act(self.staff[0], row, _choose(row))
            return
        at_once = Barrier(len(self.staff))
        people = [
            Thread(target=self._act_at_once, args=(at_once, person, row, _choose(row)))
            for person in self.staff
        ]
        for each in people:
            each.start()
        for each in people:
            each.join()

    def _act_at_once(self, at_once: Barrier, person: User, row: HeldMessage, how: How) -> None:
        try:
            connection.ensure_connection()  # so that both are about equally fast
            at_once.wait(TOGETHER)
            self._act(person, row, how)
        except (DatabaseError, InterfaceError, BrokenBarrierError):
            at_once.abort()
        finally:
            connection.close()

    def _act(self, person: User, row: HeldMessage, how: How) -> None:
        """Decide. Without "decided" in the history, it is unknown whether it was done."""
        self.begin(row, how)
        try:
            if how == "released":
                actions.release(person, row.pk, REASON)
            else:
                reject(person, row.pk, REASON)
        except (AlreadyDone, ValidationError, DatabaseError, InterfaceError):
            return
        self._note("decided", row, how)

    def _note(self, kind: Literal["deciding", "decided"], row: HeldMessage, how: How) -> None:
        self.history.add(
            kind,
            "staff",
            0,
            conversation=row.conversation_id,
            client_id=client_id_of(row),
            how=how,
        )


def client_id_of(row: HeldMessage) -> str:
    """Return the ID that a message's body begins with, or the stored one if the body is gone."""
    return row.body.partition(" ")[0] or str(row.client_id)


def _choose(row: HeldMessage) -> How:
    """Choose a decision. No message of a suspended person can be released."""
    released = row.sender.is_active and random.random() < RELEASED
    return "released" if released else "rejected"
