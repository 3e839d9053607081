"""After a decision is undone, people read nothing that is no longer true."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from messaging.decisions.actions import undo
from messaging.models import Decision, Message
from messaging.reports.actions import report_message
from notifications.models import News
from tests.said import say

pytestmark = pytest.mark.django_db

Ruled = Callable[..., Decision]
STANDING = "/conversations/standing/"


def excerpts() -> dict[int, str]:
    """Return what each side's notification about the conversation quotes, by team; 0 is no team."""
    rows = News.objects.filter(subject_kind="conversation")
    return dict(rows.values_list("team_id", "excerpt"))


def test_the_statement_no_longer_says_what_the_decision_did(
    ruled: Ruled, shopper: User, said: Message, moderator: User, client_of: Any
) -> None:
    decision = ruled(shopper, "remove", message_id=said.pk)
    client = client_of(shopper)
    address = f"{STANDING}{decision.pk}/"
    for page in (STANDING, address):
        assert "is hidden from both sides" in client.get(page).text
    assert "<dt>Duration</dt>" in client.get(address).text
    undo(moderator, decision.pk, "A mistake")
    for page in (STANDING, address):
        assert "is hidden from both sides" not in client.get(page).text
        assert "It is about the conversation “Speckled bowl”." in client.get(page).text
    assert "<dt>Duration</dt>" not in client.get(address).text
    client.cookies["django_language"] = "es"
    page = client.get(STANDING).text
    assert "Decisión retirada" in page
    assert "Hemos retirado tu mensaje" in page


def test_a_mute_that_was_taken_back_is_about_nothing_else(
    ruled: Ruled, shopper: User, moderator: User, client_of: Any
) -> None:
    decision = ruled(shopper, "mute")
    assert "you can read, but not write" in client_of(shopper).get(STANDING).text
    undo(moderator, decision.pk, "A mistake")
    for page in (STANDING, f"{STANDING}{decision.pk}/"):
        text = client_of(shopper).get(page).text
        assert "you can read, but not write" not in text
        assert "It is about" not in text
        assert "Your appeal" not in text


def test_a_reporter_reads_that_nothing_holds_any_more(
    ruled: Ruled, shopper: User, seller: User, said: Message, moderator: User, client_of: Any
) -> None:
    report = report_message(seller, said.conversation_id, 1, "scam", "")
    decision = ruled(shopper, "remove", message_id=said.pk, report_id=report.pk)
    pages = ("/conversations/reports/", report.get_absolute_url())
    for page in pages:
        assert "Action taken" in client_of(seller).get(page).text
    undo(moderator, decision.pk, "A mistake")
    for page in pages:
        text = client_of(seller).get(page).text
        assert "Action taken" not in text
        assert "Taken back" in text
    assert "appeal" not in str(News.objects.get(subject_kind="report").words.text)


def test_a_sides_last_message_is_quoted_again_though_the_other_side_wrote_since(
    ruled: Ruled, shopper: User, seller: User, shop: Any, said: Message, moderator: User
) -> None:
    decision = ruled(shopper, "remove", message_id=said.pk)
    say(seller, said.conversation, "What was that?")
    before = excerpts()
    assert before == {shop.pk: "", 0: "What was that?"}
    undo(moderator, decision.pk, "A mistake")
    assert excerpts() == before | {shop.pk: said.body}


def test_an_earlier_message_of_a_side_is_not_quoted_for_a_removed_later_one(
    ruled: Ruled, shopper: User, seller: User, shop: Any, said: Message, moderator: User
) -> None:
    later = say(shopper, said.conversation, "Pay to my sister's account")
    decisions = [ruled(shopper, "remove", message_id=one.pk) for one in (said, later)]
    undo(moderator, decisions[0].pk, "A mistake")
    assert excerpts() == {shop.pk: ""}
    undo(moderator, decisions[1].pk, "A mistake")
    assert excerpts() == {shop.pk: later.body}
