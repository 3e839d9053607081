"""Topics outside the matrix of actors and actions: the wording of denials, what is recorded."""

import re
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.models import User
from messaging.decisions.actions import restore
from messaging.models import Conversation, Decision, Message, Report
from messaging.moderation import actions as moderation
from messaging.reports.actions import report_message
from tests.rulings import remove_message, suspend
from tests.said import say
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone, Refused

pytestmark = pytest.mark.django_db

INSIDERS = ["shopper", "seller", "colleague"]
OUTSIDERS = ["former_colleague", "other_seller", "stranger", "suspended", "moderator"]


@pytest.fixture
def said(shopper: User, conversation: Conversation) -> Message:
    return say(shopper, conversation)


@pytest.fixture
def actor(request: pytest.FixtureRequest, said: Message) -> User:
    user: User = request.getfixturevalue(request.param)
    return user


@pytest.mark.parametrize("actor", OUTSIDERS, indirect=True)
def test_nobody_else_can_tell_whether_it_exists(actor: User, said: Message, client_of: Any) -> None:
    client, pk = client_of(actor), said.conversation_id
    form = {"body": "Mine", "client_id": str(uuid.uuid4()), "sequence": 1, "reason": "spam"}
    for path in ("", "messages/", "read.gif?sequence=1", "messages/1/report/"):
        real, none = [client.get(f"/conversation/{some}/{path}") for some in (pk, pk + 999)]
        assert (real.status_code, comparable(real)) == (none.status_code, comparable(none))
    for path in ("new_message/", "read/", "messages/1/report/"):
        real, none = [client.post(f"/conversation/{some}/{path}", form) for some in (pk, pk + 999)]
        assert (real.status_code, comparable(real)) == (none.status_code, comparable(none))


def comparable(answer: Any) -> str:
    """Return a response, without the parts that differ every time."""
    return re.sub(r'(nonce|value|content)="[^"]*"|/conversation/\d+/', "", answer.text)


def test_a_visitor_is_sent_to_the_login_and_what_is_posted_is_told_401(
    said: Message, client_of: Any
) -> None:
    client, address = client_of(None), said.conversation.get_absolute_url()
    assert client.get(address).headers["Location"].startswith("/accounts/login/")
    assert client.get("/conversations/").status_code == 302
    answer = client.get(f"{address}messages/", headers={"accept": "application/json"})
    assert answer.status_code == 401
    assert client.post(f"{address}new_message/", {"body": "x"}).status_code == 401
    assert Message.objects.count() == 1


def test_the_other_side_reports_a_message_once_and_ones_own_side_does_not(
    shopper: User, seller: User, said: Message
) -> None:
    first = report_message(seller, said.conversation_id, 1, "spam", "Look")
    assert report_message(seller, said.conversation_id, 1, "spam", " Look ") == first
    with pytest.raises(Refused) as refusal:
        report_message(seller, said.conversation_id, 1, "abuse", "Again")
    assert refusal.value.code == "conflict"
    with pytest.raises(Http404):
        report_message(shopper, said.conversation_id, 1, "spam", "")
    assert Report.objects.get().reason == "spam"


@pytest.mark.parametrize("actor", [*INSIDERS, "stranger", "other_seller"], indirect=True)
def test_who_is_not_staff_is_refused_by_the_acts_themselves(
    actor: User, said: Message, stranger: User, client_of: Any
) -> None:
    for act in (
        lambda: moderation.look(actor, said.conversation_id, "why"),
        lambda: remove_message(actor, said.pk, "why"),
        lambda: suspend(actor, stranger.pk, "why"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    path = f"/admin/messaging/conversation/{said.conversation_id}/thread/"
    assert client_of(actor).get(path).status_code in (302, 403)
    assert not AuditEntry.objects.exists()


def test_a_moderator_looks_removes_and_suspends_and_each_is_on_record(
    moderator: User, shopper: User, seller: User, said: Message, client_of: Any
) -> None:
    moderation.look(moderator, said.conversation_id, "Odd")
    remove_message(moderator, said.pk, "Phone number")
    with pytest.raises(AlreadyDone):
        remove_message(moderator, said.pk, "Twice")
    suspend(moderator, shopper.pk, "Scam")
    restore(moderator, shopper.pk, "Appeal")
    removal, suspension = Decision.objects.order_by("pk")
    record = list(AuditEntry.objects.order_by("pk").values_list("verb", "subject", "reason"))
    assert record == [
        ("conversation.looked", f"conversation:{said.conversation_id}", "Odd"),
        ("decision.remove", f"decision:{removal.pk}", "Phone number"),
        ("decision.suspend", f"decision:{suspension.pk}", "Scam"),
        ("decision.undone", f"decision:{suspension.pk}", "Appeal"),
    ]
    page = client_of(seller).get(f"/conversation/{said.conversation_id}/messages/?since=1").json()
    assert [(m["body"], m["removed"], m["revision"]) for m in page["messages"]] == [("", True, 2)]
    said.refresh_from_db()
    assert said.body == "Hello"  # kept for staff
