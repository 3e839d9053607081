"""The checker with made-up histories: it notices every violation and nothing else."""

from typing import Any

import pytest

from .checker import Verdict, check
from .history import History
from .truth import Row, Truth

SHOPPER, SELLER, STRANGER = 1, 2, 3
TALK = 7  # the conversation
FIRST = Row(TALK, 101, 1, 1, "a", SHOPPER, removed=False)
SECOND = Row(TALK, 102, 2, 2, "b", SHOPPER, removed=False)
CLIENTS = {"shopper": 0, "seller": 1}


def truth(*rows: Row, **changes: Any) -> Truth:
    """Two messages from the shopper that the seller has not read."""
    given = {
        "rows": list(rows or (FIRST, SECOND)),
        "revisions": {TALK: 2},
        "members": {TALK: {SHOPPER, SELLER}},
        "unread": {SHOPPER: 0, SELLER: 1},
    }
    return Truth(**{**given, **changes})


def history(*rows: Row) -> History:
    """A history in which both clients correctly see what the shopper sends."""
    log = History()
    log.add("connect", "shopper", SHOPPER)
    log.add("connect", "seller", SELLER)
    for row in rows or (FIRST, SECOND):
        stored = seen(row)
        log.add("send", "shopper", SHOPPER, conversation=TALK, client_id=row.client_id)
        for name, user in (("shopper", SHOPPER), ("seller", SELLER)):
            log.add("receipt", name, user, **stored, how="live")
            log.add("applied", name, user, **stored)
        log.add("ack", "shopper", SHOPPER, **stored)
    return log


def seen(row: Row) -> dict[str, Any]:
    return {
        "conversation": row.conversation,
        "client_id": row.client_id,
        "id": row.id,
        "sequence": row.sequence,
        "revision": row.revision,
    }


def only(verdict: Verdict) -> str:
    """Return the only complaint."""
    [complaint] = verdict.complaints
    return complaint


def test_a_run_in_which_all_went_well_is_green() -> None:
    verdict = check(history(), truth(), CLIENTS)
    assert verdict.complaints == []
    assert (verdict.sent, verdict.acknowledged) == (2, 2)


def test_what_was_acknowledged_and_is_not_stored_is_lost() -> None:
    log = history(FIRST)
    log.add("send", "shopper", SHOPPER, conversation=TALK, client_id="b")
    log.add("ack", "shopper", SHOPPER, **seen(SECOND))
    verdict = check(log, truth(FIRST), CLIENTS)
    assert "acknowledged and is not stored" in only(verdict)
    assert verdict.lost == 1


def test_what_was_never_acknowledged_may_be_stored_or_not() -> None:
    log = history(FIRST)
    log.add("send", "shopper", SHOPPER, conversation=TALK, client_id="b")
    assert check(log, truth(FIRST), CLIENTS).complaints == []
    for name, user in (("shopper", SHOPPER), ("seller", SELLER)):
        log.add("receipt", name, user, **seen(SECOND), how="page")
    assert check(log, truth(), CLIENTS).complaints == []


def test_a_message_that_is_stored_twice_is_doubled() -> None:
    again = Row(TALK, 102, 2, 2, "a", SHOPPER, removed=False)
    log = history(FIRST)
    for name, user in (("shopper", SHOPPER), ("seller", SELLER)):
        log.add("receipt", name, user, **seen(again), how="live")
    verdict = check(log, truth(FIRST, again), CLIENTS)
    assert verdict.doubled == 1


def test_two_answers_to_one_send_are_equal() -> None:
    log = history()
    log.add("ack", "shopper", SHOPPER, **{**seen(FIRST), "id": 102, "sequence": 2})
    assert any("different ways" in one for one in check(log, truth(), CLIENTS).complaints)


def test_what_was_refused_for_good_is_not_stored() -> None:
    log = history()
    log.add("refused", "shopper", SHOPPER, conversation=TALK, client_id="a", code="unavailable")
    assert check(log, truth(), CLIENTS).complaints == []
    log.add("refused", "shopper", SHOPPER, conversation=TALK, client_id="a", code="too_long")
    assert "was refused" in only(check(log, truth(), CLIENTS))


def test_sequences_have_no_gap() -> None:
    third = Row(TALK, 102, 3, 2, "b", SHOPPER, removed=False)
    assert "sequences" in only(check(history(FIRST, third), truth(FIRST, third), CLIENTS))


def test_a_client_that_lacks_a_message_at_the_end_has_lost_it() -> None:
    log = history()
    log.events = [one for one in log.events if (one.client, one.id) != ("seller", 102)]
    verdict = check(log, truth(), CLIENTS)
    assert only(verdict) == "seller: never got conversation 7, sequence 2"
    assert verdict.lost == 1


def test_a_client_that_has_not_heard_of_a_removal_has_an_old_message() -> None:
    removed = Row(TALK, 101, 1, 3, "a", SHOPPER, removed=True)
    verdict = check(history(), truth(removed, SECOND), CLIENTS)
    assert len(verdict.complaints) == 2
    assert "as of revision 1, not 3" in verdict.complaints[0]


def test_a_message_that_took_its_place_after_a_later_one_is_reordered() -> None:
    log = history()
    applied = [one for one in log.events if (one.kind, one.client) == ("applied", "seller")]
    first, second = (log.events.index(one) for one in applied)
    log.events[first], log.events[second] = log.events[second], log.events[first]
    assert check(log, truth(), CLIENTS).reordered > 0


def test_news_below_what_a_client_was_told_to_have_is_reordered() -> None:
    log = history()
    log.add("receipt", "seller", SELLER, **seen(FIRST), how="late")
    verdict = check(log, truth(), CLIENTS)
    assert "after its revision had been passed" in only(verdict)
    assert verdict.reordered == 1


@pytest.mark.parametrize("kind", ["receipt", "page", "ack"])
def test_nothing_reaches_a_stranger(kind: Any) -> None:
    log = history()
    log.add("send", "stranger", STRANGER, conversation=TALK, client_id="c", how="trespass")
    assert check(log, truth(), CLIENTS).complaints == []
    log.add(kind, "stranger", STRANGER, **seen(FIRST))
    assert f"stranger: got a {kind}" in only(check(log, truth(), CLIENTS))


def test_a_socket_that_was_cut_off_hears_nothing_once_its_time_is_over() -> None:
    log = history()
    log.add("revoked", "seller", SELLER, conversation=TALK, seconds=0.05)
    log.add("receipt", "seller", SELLER, **seen(SECOND), how="live")
    assert check(log, truth(), CLIENTS).complaints == []
    log.add("revoked", "seller", SELLER, conversation=TALK, seconds=-0.05)
    assert "after the end" in check(log, truth(), CLIENTS).complaints[0]


def test_a_badge_that_differs_from_a_recount_is_wrong() -> None:
    verdict = check(history(), truth(), {"shopper": 0, "seller": 2})
    assert only(verdict) == "seller: the badge shows 2, 1 are unread"


def test_a_client_that_shows_other_words_or_reactions_has_lost_a_change() -> None:
    log = history()
    for name, user, face in (("shopper", SHOPPER, "now"), ("seller", SELLER, "before")):
        log.add("receipt", name, user, **{**seen(FIRST), "revision": 3}, face=face, how="page")
    edited = Row(TALK, 101, 1, 3, "a", SHOPPER, removed=False, face="now")
    verdict = check(log, truth(edited, SECOND), CLIENTS)
    assert only(verdict) == "seller: conversation 7, sequence 1 shows before, not now"
    assert verdict.lost == 1


def test_a_change_without_a_new_revision_is_lost() -> None:
    log = history()
    for name, user in (("shopper", SHOPPER), ("seller", SELLER)):
        log.add("receipt", name, user, **seen(FIRST), face="now", how="live")
    edited = Row(TALK, 101, 1, 1, "a", SHOPPER, removed=False, face="now")
    assert check(log, truth(edited, SECOND), CLIENTS).lost == 2


FILE = 55


def with_file(*, sent_first: bool, how: str, code: str) -> History:
    """The shopper uploads a file for the message "b"; the seller asks for it."""
    log = history(FIRST)
    place = {"conversation": TALK, "file": FILE}
    log.add("uploaded", "shopper", SHOPPER, client_id="b", **place)
    fetched = {"id": 0 if how == "unsent" else SECOND.id, "how": how, "code": code, **place}
    if not sent_first:
        log.add("fetched", "seller", SELLER, **fetched)
    log.events += history(SECOND).events[2:]
    if sent_first:
        log.add("fetched", "seller", SELLER, **fetched)
    return log


def test_nobody_gets_a_file_before_its_message_is_sent() -> None:
    early = with_file(sent_first=False, how="unsent", code="200")
    assert "before its message was sent" in only(check(early, truth(), CLIENTS))
    for late in (
        with_file(sent_first=True, how="unsent", code="200"),
        with_file(sent_first=False, how="unsent", code="404"),
    ):
        assert check(late, truth(), CLIENTS).complaints == []


def test_nobody_gets_a_file_before_its_held_message_is_released() -> None:
    log = history(FIRST)
    place = {"conversation": TALK, "client_id": "b"}
    log.add("uploaded", "shopper", SHOPPER, file=FILE, **place)
    log.add("send", "shopper", SHOPPER, how="suspicious", **place)
    log.add("held", "shopper", SHOPPER, **place)
    log.add("deciding", "staff", 0, how="rejected", **place)
    fetched = log.add(
        "fetched", "seller", SELLER, conversation=TALK, file=FILE, how="unsent", code="200"
    )
    log.add("deciding", "staff", 0, how="released", **place)
    log.events += history(SECOND).events[3:]
    assert "before its message was sent" in only(check(log, truth(), CLIENTS))
    log.events.remove(fetched)
    log.add("fetched", "seller", SELLER, conversation=TALK, file=FILE, how="unsent", code="200")
    assert check(log, truth(), CLIENTS).complaints == []


@pytest.mark.parametrize("code", ["404", "other content"])
def test_a_file_that_is_shown_can_be_fetched(code: str) -> None:
    log = with_file(sent_first=True, how="shown", code=code)
    assert f"was {code}" in only(check(log, truth(), CLIENTS))
    log.add("revoked", "seller", SELLER, conversation=TALK, seconds=9)
    assert check(log, truth(), CLIENTS).complaints == []
    away = with_file(sent_first=True, how="shown", code="503")
    assert check(away, truth(), CLIENTS).complaints == []


def test_a_file_goes_with_its_message() -> None:
    log = with_file(sent_first=True, how="gone", code="200")
    assert "which is gone" in only(check(log, truth(), CLIENTS))
    gone = with_file(sent_first=True, how="gone", code="404")
    assert check(gone, truth(), CLIENTS).complaints == []
