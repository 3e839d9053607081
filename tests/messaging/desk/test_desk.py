"""The desk: one case per item, claimed by one staff member at a time."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from messaging.cases import claims
from messaging.cases.actions import close_case, open_case
from messaging.desk import actions, queries
from messaging.held.holding import hold
from messaging.models import Case, Conversation, HeldMessage
from messaging.records import Attempt
from messaging.reports.actions import report_message
from messaging.review.actions import release, withdraw
from tests.rulings import reject
from tests.said import say
from tests.sockets import next_frame, receives_nothing
from tests.threads import in_threads
from trato.audit.models import AuditEntry

pytestmark = pytest.mark.django_db(transaction=True)

KIND = Case.Kind.HELD


@pytest.fixture
def other(moderator: User) -> User:
    """Another moderator."""
    user = User.objects.create(name="Olu Ade", email="olu@example.com", is_staff=True)
    user.groups.set(moderator.groups.all())
    return user


def held(person: User, talk: Conversation, body: str = "Something suspicious") -> HeldMessage:
    attempt = Attempt(
        sender=person,
        conversation_id=talk.pk,
        client_id=uuid.uuid4(),
        body=body,
        held_for="word",
    )
    talk.refresh_from_db()
    hold(talk, attempt)
    return HeldMessage.objects.latest("pk")


def the_case() -> Case:
    return Case.objects.get()


def test_a_held_message_opens_a_case_and_its_decision_closes_it(
    conversation: Conversation, shopper: User, moderator: User
) -> None:
    first, second, third = [held(shopper, conversation) for _ in range(3)]
    cases = Case.objects.order_by("pk")
    assert [case.subject for case in cases] == [row.subject for row in (first, second, third)]
    assert {(case.conversation_id, case.person_id) for case in cases} == {
        (conversation.pk, shopper.pk)
    }
    release(moderator, first.pk, "Fine")
    reject(moderator, second.pk, "Scam")
    withdraw(shopper, conversation.pk, third.client_id)
    assert not Case.objects.filter(closed_at=None).exists()


def test_what_only_waits_behind_another_one_is_no_case(
    conversation: Conversation, shopper: User
) -> None:
    held(shopper, conversation)
    attempt = Attempt(
        sender=shopper, conversation_id=conversation.pk, client_id=uuid.uuid4(), body="Two"
    )
    conversation.refresh_from_db()
    hold(conversation, attempt)
    assert (Case.objects.count(), HeldMessage.objects.count()) == (1, 2)


def test_the_same_thing_is_counted_in_one_case_with_the_highest_severity(shopper: User) -> None:
    for severity in (Case.Severity.NORMAL, Case.Severity.SEVERE, Case.Severity.LOW):
        open_case(Case.Kind.REPORT, "message:1", severity=severity, person_id=shopper.pk)
    assert (the_case().count, the_case().severity) == (3, Case.Severity.SEVERE)
    close_case(Case.Kind.REPORT, "message:1")
    open_case(Case.Kind.REPORT, "message:1")
    assert list(Case.objects.order_by("pk").values_list("count", flat=True)) == [3, 1]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_a_hundred_at_once_are_one_case() -> None:
    in_threads(8, lambda: open_case(Case.Kind.REPORT, "message:1"))
    assert the_case().count == 8


def test_nobody_else_decides_about_a_claimed_case(
    conversation: Conversation, shopper: User, moderator: User, other: User
) -> None:
    row = held(shopper, conversation)
    actions.take(moderator, the_case().pk)
    before = AuditEntry.objects.count()
    for act in (release, reject):
        with pytest.raises(claims.Claimed, match="Sam Okoro is working on this case"):
            act(other, row.pk, "Fine")
    with pytest.raises(claims.Claimed):
        actions.take(other, the_case().pk)
    row.refresh_from_db()
    assert (row.state, AuditEntry.objects.count()) == ("waiting", before)
    release(moderator, row.pk, "Fine")
    row.refresh_from_db()
    assert row.state == "delivered"


def test_a_claim_ends_after_a_while_and_by_being_put_back(
    conversation: Conversation, shopper: User, moderator: User, other: User, settings: Any
) -> None:
    row = held(shopper, conversation)
    actions.take(moderator, the_case().pk)
    claims.let_go(other, the_case().pk)  # not hers
    assert claims.holder_of(the_case()) == moderator
    claims.let_go(moderator, the_case().pk)
    assert claims.holder_of(the_case()) is None
    actions.take(moderator, the_case().pk)
    late = timezone.now() - timedelta(minutes=settings.CLAIM_MINUTES, seconds=1)
    Case.objects.update(claimed_at=late)
    assert claims.holder_of(the_case()) is None
    release(other, row.pk, "Fine")
    assert the_case().closed_at is not None


def test_taking_a_case_is_one_look_on_record(
    conversation: Conversation, shopper: User, moderator: User
) -> None:
    say(shopper, conversation, "Is it glazed?")
    held(shopper, conversation)
    assert queries.context_of(moderator, the_case()) is None
    actions.take(moderator, the_case().pk)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.subject, entry.reason) == (
        "conversation.looked",
        f"conversation:{conversation.pk}",
        f"case:{the_case().pk}",
    )
    shown = queries.context_of(moderator, the_case())
    assert shown is not None
    assert [message.body for message in shown[1]] == ["Is it glazed?"]


def test_a_case_about_an_older_message_shows_what_is_around_it(
    conversation: Conversation, shopper: User, moderator: User, seller: User
) -> None:
    rows = [say(shopper, conversation, f"Number {number}") for number in range(20)]
    report_message(seller, conversation.pk, rows[9].sequence, "spam", "")
    actions.take(moderator, the_case().pk)
    about = queries.message_of(queries.thing_of(the_case()))
    assert about == rows[9]
    shown = queries.context_of(moderator, the_case(), about)
    assert shown is not None
    assert [message.sequence for message in shown[1]] == list(range(6, 14))


def test_the_next_case_is_the_worst_and_then_the_oldest_that_nobody_has(
    moderator: User, other: User
) -> None:
    severities = (Case.Severity.NORMAL, Case.Severity.SEVERE, Case.Severity.NORMAL)
    for number, severity in enumerate(severities):
        open_case(Case.Kind.REPORT, f"message:{number}", severity=severity)
    everything = Case.objects.all()
    taken = [actions.take_next(person, everything) for person in (moderator, other, moderator)]
    assert [case and case.subject for case in taken] == ["message:1", "message:0", "message:2"]
    assert actions.take_next(other, everything) is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_two_at_once_never_get_the_same_case(moderator: User, other: User) -> None:
    for number in range(6):
        open_case(Case.Kind.REPORT, f"message:{number}")
    people = [moderator, other] * 3

    def next_case() -> str:
        case = actions.take_next(people.pop(), Case.objects.all())
        return case.subject if case else ""

    got = [subject for subject in in_threads(6, next_case) if subject]
    assert len(set(got)) == len(got) > 0


def test_only_the_desk_may_take_a_case(
    conversation: Conversation, shopper: User, seller: User
) -> None:
    held(shopper, conversation)
    for person in (seller, shopper):
        with pytest.raises(PermissionDenied):
            actions.take(person, the_case().pk)
        with pytest.raises(PermissionDenied):
            actions.take_next(person, Case.objects.all())
    assert claims.holder_of(the_case()) is None
    assert not AuditEntry.objects.exists()


def test_the_pages_lead_from_case_to_case(
    conversation: Conversation, shopper: User, moderator: User, other: User, client_of: Any
) -> None:
    first, second = held(shopper, conversation, "One"), held(shopper, conversation, "<b>Two</b>")
    client = client_of(moderator)
    queue = client.get("/admin/messaging/case/").text
    assert queue.index(f"message {first.pk}") < queue.index(f"message {second.pk}")
    page = client.post("/admin/messaging/case/next/", follow=True).text
    assert "One" in page
    assert "working on this case" in page
    assert "Sam Okoro is working on this case." in client_of(other).get(_page(first)).text
    assert "One" not in client_of(other).get(_page(first)).text.partition("field-subject")[0]
    then = f"/admin/messaging/case/{_case(first).pk}/done/"
    form = {"reason": "Fine"}
    path = f"/admin/messaging/heldmessage/{first.pk}/release/?next={then}"
    assert client.post(path, form)["Location"] == then
    assert "Take the next case" in client.get(then, follow=True).text
    page = client.post("/admin/messaging/case/next/", follow=True).text
    assert "&lt;b&gt;Two&lt;/b&gt;" in page
    renew = f"/admin/messaging/case/{_case(second).pk}/renew/"
    assert client.post(renew).status_code == 204
    assert client_of(other).post(renew).status_code == 409
    client.post(f"/admin/messaging/case/{_case(second).pk}/let-go/")
    assert client.post(renew).status_code == 409
    counts = client.get("/admin/messaging/case/state/").json()
    assert counts == {"open": 1, "severe": 0, "free": 1}


def test_a_case_shows_no_words_of_what_was_decided_meanwhile(
    conversation: Conversation, shopper: User, moderator: User, client_of: Any
) -> None:
    row = held(shopper, conversation, "A quartzite bowl")
    actions.take(moderator, _case(row).pk)
    assert "quartzite" in client_of(moderator).get(_page(row)).text
    HeldMessage.objects.update(state=HeldMessage.State.DELIVERED)
    page = client_of(moderator).get(_page(row)).text
    assert "The held message" in page
    assert "quartzite" not in page
    assert "/release/" not in page


def _case(row: HeldMessage) -> Case:
    return Case.objects.get(subject=row.subject)


def _page(row: HeldMessage) -> str:
    return f"/admin/messaging/case/{_case(row).pk}/change/"


async def test_staff_learn_of_changes_and_nobody_else(
    conversation: Conversation, shopper: User, seller: User, moderator: User, socket_of: Any
) -> None:
    clerk = await sync_to_async(UserFactory)(staff=True)  # without the desk's permission
    sockets = [await socket_of(user) for user in (moderator, shopper, seller, clerk)]
    for socket in sockets:
        await next_frame(socket, "session.ready")
    await sync_to_async(open_case)(Case.Kind.REPORT, "message:1", severity=Case.Severity.SEVERE)
    assert (await next_frame(sockets[0], "desk.changed"))["severe"] is True
    await sync_to_async(lambda: actions.take(moderator, the_case().pk))()
    frame = await next_frame(sockets[0], "case.claimed")
    assert (frame["user"], frame["name"]) == (moderator.pk, moderator.name)
    for socket in sockets[1:]:
        assert await receives_nothing(socket)


def test_the_desk_asks_as_many_queries_for_many_cases_as_for_few(
    shopper: User, moderator: User, client_of: Any
) -> None:
    client = client_of(moderator)
    costs: list[list[int]] = []
    pages = ("", "?severity__exact=1", "?who=nobody", f"?q={shopper.email}", "state/")
    for number in range(3):
        for place in range(5 ** (number + 1)):
            open_case(KIND, f"held_message:{number}{place:03}", person_id=shopper.pk)
        first = Case.objects.order_by("pk")[0].pk
        costs.append([])
        for page in (*pages, f"{first}/change/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/admin/messaging/case/{page}").status_code == 200
            costs[-1].append(len(queries))
    assert costs[1] == costs[2]
    assert max(costs[2]) <= 14


def test_a_case_is_found_by_what_it_is_about_and_by_its_person(
    shopper: User, stranger: User, moderator: User, client_of: Any
) -> None:
    for number, person in ((12, shopper), (13, stranger)):
        open_case(KIND, f"held_message:{number}", person_id=person.pk)
    client, address = client_of(moderator), "/admin/messaging/case/"
    for query in ("held_message:12", shopper.email, str(Case.objects.earliest("pk").pk)):
        page = client.get(address, {"q": query}).text
        assert ("Held message 12" in page, "Held message 13" in page) == (True, False), query
