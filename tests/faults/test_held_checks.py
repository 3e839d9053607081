"""The checks of held messages with made-up histories; each violation is noticed, by one check."""

from collections.abc import Callable
from typing import Any

import pytest

from .checker import check
from .history import History, Kind
from .truth import HeldRow, Row, Truth

SHOPPER, SELLER = 1, 2
TALK = 7  # the conversation
PEOPLE = {"shopper": SHOPPER, "seller": SELLER, "staff": 0}
HELD = HeldRow(TALK, "h", SHOPPER, suspicious=True, state="delivered", entries=1, cases=1)
BEHIND = HeldRow(TALK, "b", SHOPPER, suspicious=False, state="delivered")
REJECTED = HeldRow(
    TALK,
    "h",
    SHOPPER,
    suspicious=True,
    state="rejected",
    rejected=True,
    entries=1,
    notices=1,
    cases=1,
)
WITHDRAWN = HeldRow(TALK, "h", SHOPPER, suspicious=True, state="withdrawn", cases=1)
WAITING = HeldRow(TALK, "h", SHOPPER, suspicious=True, state="waiting", cases=1, open_cases=1)

Step = tuple[Kind, str, str, str]  # what, who, the message, how

SENT: Step = ("send", "shopper", "h", "suspicious")
ANSWERED: Step = ("held", "shopper", "h", "")
THEN: Step = ("send", "shopper", "b", "")
THEN_ANSWERED: Step = ("held", "shopper", "b", "")
RELEASING: Step = ("deciding", "staff", "h", "released")
RELEASED: Step = ("decided", "staff", "h", "released")
REJECTING: Step = ("deciding", "staff", "h", "rejected")
TOLD: Step = ("rejected", "shopper", "h", "")
TAKING_BACK: Step = ("withdrawing", "shopper", "h", "")
TAKEN_BACK: Step = ("withdrawn", "shopper", "h", "")


def seen(client_id: str) -> list[Step]:
    return [("receipt", name, client_id, "live") for name in ("shopper", "seller")]


def accepted(client_id: str) -> Step:
    return ("ack", "shopper", client_id, "")


def complaints(
    steps: list[Step], log: str = "", *held: HeldRow, revoked: bool = False
) -> list[str]:
    """Return what the checker says.

    Args:
        log: the client IDs of the stored messages, in the order of their sequences.
    """
    rows = {
        client_id: Row(TALK, 100 + place, place, place, client_id, SHOPPER, removed=False)
        for place, client_id in enumerate(log, 1)
    }
    history = History()
    for kind, name, client_id, how in steps:
        place: dict[str, Any] = {"conversation": TALK, "client_id": client_id, "how": how}
        if kind in ("receipt", "ack") and client_id in rows:
            row = rows[client_id]
            place |= {"id": row.id, "sequence": row.sequence, "revision": row.revision}
        history.add(kind, name, PEOPLE[name], **place)
    if revoked:
        history.add("revoked", "shopper", SHOPPER, conversation=TALK, seconds=9)
    members = {TALK: {SHOPPER, SELLER}}
    truth = Truth([*rows.values()], {TALK: len(rows)}, members, held=[*held])
    return check(history, truth, {"seller": 0}).complaints


def test_a_message_that_was_held_and_released_with_one_behind_it_is_green() -> None:
    steps = [SENT, ANSWERED, THEN, THEN_ANSWERED, RELEASING, *seen("h"), *seen("b"), RELEASED]
    assert complaints(steps, "hb", HELD, BEHIND) == []
    again = [*steps, SENT, accepted("h")]  # its response was lost, and it was sent again
    assert complaints(again, "hb", HELD, BEHIND) == []


def test_a_message_that_was_rejected_or_taken_back_with_one_behind_it_is_green() -> None:
    before, after = [SENT, ANSWERED, THEN, THEN_ANSWERED], seen("b")
    rejected = [*before, REJECTING, ("decided", "staff", "h", "rejected"), TOLD, *after]
    assert complaints(rejected, "b", REJECTED, BEHIND) == []
    taken_back = [*before, TAKING_BACK, *after, TOLD, TAKEN_BACK]
    assert complaints(taken_back, "b", WITHDRAWN, BEHIND) == []


def test_the_other_sides_messages_and_earlier_ones_do_not_wait() -> None:
    steps: list[Step] = [
        THEN,  # before the response, so nobody knows which one the server got first
        SENT,
        ANSWERED,
        accepted("b"),
        ("send", "seller", "s", ""),
        *seen("b"),
        *seen("s"),
        RELEASING,
        *seen("h"),
    ]
    assert complaints(steps, "bsh", HELD) == []


def test_a_held_message_that_is_nowhere_is_lost() -> None:
    assert complaints([SENT, ANSWERED]) == ["shopper: h was held and is nowhere"]


def test_a_later_message_does_not_overtake_a_held_one() -> None:
    steps = [SENT, ANSWERED, THEN, RELEASING, accepted("b"), *seen("b"), *seen("h")]
    said = complaints(steps, "bh", HELD)
    assert said == ["shopper: b has overtaken h, which was held"]
    in_order = [SENT, ANSWERED, THEN, RELEASING, *seen("h"), accepted("b"), *seen("b")]
    assert complaints(in_order, "hb", HELD) == []


def test_a_later_message_is_not_stored_while_a_held_one_waits() -> None:
    steps = [SENT, ANSWERED, THEN, TAKING_BACK, *seen("b")]
    [said] = complaints(steps, "b", WAITING, revoked=True)
    assert said == "shopper: b has overtaken h, which was held"
    early = [SENT, ANSWERED, THEN, *seen("b"), TAKING_BACK, TAKEN_BACK]
    assert complaints(early, "b", WITHDRAWN) == ["shopper: got a receipt of b while h was held"]


@pytest.mark.parametrize(
    ("step", "what"),
    [
        (accepted("h"), "shopper: got the acknowledgement of h"),
        (("receipt", "seller", "h", "live"), "seller: got a receipt of h"),
        (("receipt", "seller", "h", "page"), "seller: got a receipt of h"),
    ],
)
def test_nobody_gets_a_held_message_before_it_is_released(step: Step, what: str) -> None:
    steps = [SENT, ANSWERED, step, RELEASING, *seen("h")]
    assert complaints(steps, "h", HELD) == [f"{what} before staff had released it"]
    rejecting = [SENT, ANSWERED, REJECTING, step, RELEASING, *seen("h")]
    assert complaints(rejecting, "h", HELD) == [f"{what} before staff had released it"]


@pytest.mark.parametrize("row", [REJECTED, WITHDRAWN])
def test_what_was_rejected_or_taken_back_is_not_in_the_log(row: HeldRow) -> None:
    steps = [SENT, ANSWERED, RELEASING, *seen("h")]
    assert complaints(steps, "h", row) == [f"h is {row.state} and is in the log"]


@pytest.mark.parametrize("told", [TOLD, TAKEN_BACK])
def test_what_its_sender_was_told_about_a_message_is_true(told: Step) -> None:
    steps = [SENT, ANSWERED, TAKING_BACK, told, RELEASING, *seen("h")]
    said = complaints(steps, "h", HELD)
    assert said == [f"h is in the log, and its sender was told that it is {told[0]}"]


def test_a_delivered_message_is_in_the_log() -> None:
    assert complaints([SENT, ANSWERED, RELEASING], "", HELD) == [
        "h is delivered and is not in the log"
    ]


@pytest.mark.parametrize("kind", ["held", "rejected"])
def test_only_the_sender_learns_what_becomes_of_a_held_message(kind: Any) -> None:
    steps: list[Step] = [SENT, ANSWERED, (kind, "seller", "h", ""), REJECTING, TOLD]
    assert complaints(steps, "", REJECTED) == [f"seller: was told that h is {kind}"]


def changed(**changes: Any) -> Callable[[HeldRow], HeldRow]:
    names = HeldRow.__slots__
    return lambda row: HeldRow(**{**{name: getattr(row, name) for name in names}, **changes})


def test_a_message_is_decided_once() -> None:
    steps = [SENT, ANSWERED, RELEASING, RELEASED, RELEASED, *seen("h")]
    assert complaints(steps, "h", HELD) == ["h, which is delivered, was decided 2 times"]


def test_a_message_is_decided_as_staff_wanted() -> None:
    steps = [SENT, ANSWERED, RELEASING, RELEASED]
    assert complaints(steps, "", REJECTED) == ["h, which is rejected, was released"]


@pytest.mark.parametrize(
    ("row", "change", "what"),
    [
        (REJECTED, {"entries": 0}, "0 entries in the audit trail"),
        (REJECTED, {"entries": 2}, "2 entries in the audit trail"),
        (REJECTED, {"notices": 0}, "0 notices about a rejection"),
        (WITHDRAWN, {"notices": 1}, "1 notices about a rejection"),
        (WITHDRAWN, {"entries": 2}, "2 entries in the audit trail"),
        (REJECTED, {"open_cases": 1}, "1 open cases"),
        (WITHDRAWN, {"cases": 0}, "0 cases"),
        (WITHDRAWN, {"cases": 2}, "2 cases"),
    ],
)
def test_a_decision_is_stored_whole(row: HeldRow, change: dict[str, Any], what: str) -> None:
    said = complaints([SENT, ANSWERED], "", changed(**change)(row))
    assert said == [f"h, which is {row.state}, has {what}"]


def test_nothing_waits_at_the_end_unless_its_sender_is_gone() -> None:
    assert complaints([SENT, ANSWERED], "", WAITING) == ["h is still waiting at the end"]
    assert complaints([SENT, ANSWERED], "", WAITING, revoked=True) == []
