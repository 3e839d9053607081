"""Staff write to both sides: both see it, no counter includes it, and nobody sees who wrote it."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory, ShopMemberFactory
from messaging.cases import claims
from messaging.desk import actions as desk
from messaging.editing.actions import withdraw
from messaging.exports.contents import collect
from messaging.factories import ConversationFactory
from messaging.models import (
    Block,
    Case,
    Conversation,
    Message,
    Participant,
    Side,
    StaffMessage,
    TeamState,
    Wait,
)
from messaging.resuming import state_of
from messaging.staff_messages import actions
from notifications.models import Notification
from notifications.queries import unread_counts
from tests.rulings import rule
from tests.said import say
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone

from .conftest import Write

pytestmark = pytest.mark.django_db

TEXT = "Please pay on our site only."
HEAD = "Message from Trato's staff"
GONE = "Our staff took this message back."


def counted() -> list[Any]:
    """Return everything that a staff message must leave as it is."""
    rows = [
        list(model.objects.order_by("pk").values())
        for model in (Message, Participant, TeamState, Wait)
    ]
    ignored = {"revision", "has_staff_messages"}
    talks = [
        {key: value for key, value in row.items() if key not in ignored}
        for row in Conversation.objects.order_by("pk").values()
    ]
    return [*rows, talks]


def fetched(client: Any, conversation: Conversation) -> dict[str, str]:
    """Return what a side's browser can fetch of the conversation, by URL."""
    place = conversation.get_absolute_url()
    addresses = [
        place, f"{place}messages/", f"{place}messages/?since=1", f"{place}messages/?around=1",
        "/conversations/", "/conversations/rows/", "/notifications/", "/notifications/rows/",
    ]  # fmt: skip
    return {address: client.get(address).text for address in addresses}


def test_both_sides_see_it_and_never_who_wrote_it(
    write: Write, conversation: Conversation, shopper: User, seller: User, colleague: User,
    moderator: User, client_of: Any,
) -> None:  # fmt: skip
    write(TEXT)
    for person in (shopper, seller, colleague):
        pages = fetched(client_of(person), conversation)
        page = pages[conversation.get_absolute_url()]
        assert HEAD in page
        assert TEXT in page
        state = json.loads(pages[f"{conversation.get_absolute_url()}messages/"])
        assert [one["body"] for one in state["staff_messages"]] == [TEXT]
        for text in pages.values():
            assert moderator.name not in text
            assert moderator.email not in text
        assert "staff wrote to you" in pages["/notifications/"]


def test_nobody_else_sees_it(
    write: Write, conversation: Conversation, stranger: User, other_seller: User, client_of: Any
) -> None:
    write(TEXT)
    for person in (stranger, other_seller):
        assert not any(TEXT in text for text in fetched(client_of(person), conversation).values())
        assert not Notification.objects.filter(recipient=person).exists()


def test_it_counts_for_nothing(
    write: Write, conversation: Conversation, shopper: User, seller: User
) -> None:
    before = counted()
    unread = [unread_counts([person.pk])[person.pk].conversations for person in (shopper, seller)]
    write()
    assert counted() == before
    after = [unread_counts([person.pk])[person.pk].conversations for person in (shopper, seller)]
    assert after == unread


def test_it_is_a_change_that_a_client_resumes_with(
    write: Write, conversation: Conversation, shopper: User
) -> None:
    conversation.refresh_from_db()
    before = conversation.revision
    row = write()
    conversation.refresh_from_db()
    assert conversation.revision == before + 1
    state = state_of(conversation, before, shopper)
    assert state.revision == before + 1
    assert state.messages == []
    assert [one.id for one in state.staff_messages] == [row.pk]  # type: ignore[union-attr]


def test_its_place_is_between_the_messages_around_it(
    write: Write, conversation: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    write(TEXT)
    say(seller, conversation, "Of course, here only")
    for person in (shopper, seller):
        page = client_of(person).get(conversation.get_absolute_url()).text
        places = [page.index(text) for text in ("Pay me elsewhere", TEXT, "Of course, here only")]
        assert places == sorted(places)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has the server's clock")
def test_its_place_does_not_depend_on_the_clock_of_a_server(
    write: Write, conversation: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        write(TEXT)
    say(seller, conversation, "Of course, here only")
    for person in (shopper, seller):
        page = client_of(person).get(conversation.get_absolute_url()).text
        assert page.index(TEXT) < page.index("Of course, here only")


def test_both_sides_are_notified_and_opening_it_marks_the_notice_as_read(
    write: Write, conversation: Conversation, shopper: User, seller: User, shop: Any,
    client_of: Any,
) -> None:  # fmt: skip
    former = ShopMemberFactory(shop=shop)
    person = former.user
    former.delete()
    write()
    notices = Notification.objects.filter(news__subject_kind="staff_message", read_at=None)
    assert {row.recipient for row in notices} == {shopper, seller}
    assert person not in {row.recipient for row in notices}
    page, client = conversation.get_absolute_url(), client_of(shopper)
    assert "data-has-news" in client.get(page).text
    assert client.post(f"{page}staff_messages/read/").status_code == 204
    assert {row.recipient for row in notices.all()} == {seller}
    assert "data-has-news" not in client.get(page).text


def test_it_reaches_the_muted_who_have_blocked_each_other_and_ended_conversations(
    write: Write, conversation: Conversation, shopper: User, client_of: Any
) -> None:
    chief = UserFactory(staff=True, is_superuser=True)
    Block.objects.create(
        consumer_id=conversation.consumer_id, shop=conversation.shop, side="seller", by=shopper
    )
    Conversation.objects.update(is_closed=True)
    rule(chief, shopper.pk, "mute", "Rude", ends_at=timezone.now() + timedelta(days=1))
    write(TEXT)
    assert TEXT in client_of(shopper).get(conversation.get_absolute_url()).text


def test_of_one_that_was_taken_back_only_a_line_remains(
    write: Write, conversation: Conversation, shopper: User, seller: User, moderator: User,
    client_of: Any,
) -> None:  # fmt: skip
    row = write(TEXT)
    actions.take_back(moderator, row.pk, "Wrong conversation")
    for person in (shopper, seller):
        pages = fetched(client_of(person), conversation)
        assert GONE in pages[conversation.get_absolute_url()]
        assert not any(TEXT in text for text in pages.values())
        assert "staff wrote to you" not in pages["/notifications/"]
    with pytest.raises(AlreadyDone):
        actions.take_back(moderator, row.pk, "Again")


def test_it_is_on_record_with_the_reason(write: Write, moderator: User) -> None:
    row = write()
    actions.take_back(moderator, row.pk, "Wrong conversation")
    entries = AuditEntry.objects.filter(subject=f"staff_message:{row.pk}").order_by("pk")
    assert [(one.verb, one.reason, one.actor) for one in entries] == [
        ("staff_message.written", "Asked for money", moderator),
        ("staff_message.taken_back", "Wrong conversation", moderator),
    ]


def test_a_form_writes_one_message(moderator: User, case: Case) -> None:
    values: Any = {"client_id": uuid.uuid4(), "reason": "Asked for money"}
    actions.write(moderator, case.pk, body="One", **values)
    with pytest.raises(AlreadyDone):
        actions.write(moderator, case.pk, body="One", **values)
    with pytest.raises(ValidationError, match="another message"):
        actions.write(moderator, case.pk, body="Two", **values)
    assert [row.body for row in StaffMessage.objects.all()] == ["One"]


@pytest.mark.parametrize("body", ["", " \u200b\n", "a\x07b", "x" * 4001])
def test_what_is_no_message_is_refused(write: Write, body: str) -> None:
    with pytest.raises(ValidationError):
        write(body)
    assert not StaffMessage.objects.exists()
    assert not Conversation.objects.get().has_staff_messages


def test_only_staff_with_the_permission_who_work_on_the_case_write(
    write: Write, moderator: User, lead: User, auditor: User, shopper: User, case: Case
) -> None:
    for person in (auditor, shopper):
        with pytest.raises(PermissionDenied):
            write(by=person)
    claims.claim(lead, case.pk)
    with pytest.raises(claims.Claimed):
        write()
    write(by=lead)


def test_nobody_writes_as_staff_in_a_conversation_of_their_own(
    write: Write, moderator: User, conversation: Conversation
) -> None:
    Conversation.objects.update(consumer=moderator)
    with pytest.raises(ValidationError, match="involved"):
        write()


def test_a_conversation_without_any_asks_nothing_more(
    conversation: Conversation, shopper: User, client_of: Any, write: Write
) -> None:
    other = ConversationFactory(consumer=shopper, product=ProductFactory())
    say(shopper, other, "Hello")
    client, costs = client_of(shopper), []
    client.get(other.get_absolute_url())
    for row in (other, conversation):
        with CaptureQueriesContext(connection) as queries:
            client.get(row.get_absolute_url())
        costs.append(len(queries))
    write()
    with CaptureQueriesContext(connection) as queries:
        client.get(conversation.get_absolute_url())
    assert costs[0] == costs[1] == len(queries) - 2


def test_the_pages_of_staff_write_it_and_take_it_back(
    conversation: Conversation, moderator: User, case: Case, client_of: Any
) -> None:
    client = client_of(moderator)
    address = f"/admin/messaging/staffmessage/case/{case.pk}/write/"
    page = client.get(address).text
    assert "Message to both sides" in page
    form = {"client_id": str(uuid.uuid4()), "body": "<b>Stop</b>", "reason": "Asked for money"}
    refused = client.post(address, form | {"body": "", "reason": ""})
    assert refused.status_code == 400
    assert client.post(address, form).status_code == 302
    again = client.post(address, form)
    assert again.status_code == 409
    assert "This message was sent before." in again.text
    row = StaffMessage.objects.get()
    shown = client.get(f"/admin/messaging/staffmessage/{row.pk}/change/").text
    assert "&lt;b&gt;Stop&lt;/b&gt;" in shown
    back = f"/admin/messaging/staffmessage/{row.pk}/take-back/"
    assert back in shown
    assert client.post(back, {"reason": "Too harsh"}).status_code == 302
    row.refresh_from_db()
    assert row.is_taken_back


def test_it_is_in_the_export_of_either_side(
    write: Write, conversation: Conversation, shopper: User, client_of: Any
) -> None:
    write(TEXT)
    gone = write("Never mind")
    actions.take_back(StaffMessage.objects.get(pk=gone.pk).author, gone.pk, "Not needed")
    conversation.refresh_from_db()
    for side in Side:
        contents = collect(conversation, side)
        page, data = contents.page.read().decode(), json.loads(contents.json.read())
        contents.close()
        assert page.index("Pay me elsewhere") < page.index(TEXT) < page.index(GONE)
        assert [one["body"] for one in data["staff_messages"]] == [TEXT, ""]
        assert "Never mind" not in page


def test_a_withdrawn_message_leaves_it_where_it_is(
    write: Write, conversation: Conversation, shopper: User, client_of: Any
) -> None:
    write(TEXT)
    withdraw(shopper, conversation.pk, 1)
    assert TEXT in client_of(shopper).get(conversation.get_absolute_url()).text


def test_its_text_is_text_on_every_page(
    write: Write, conversation: Conversation, case: Case, moderator: User, shopper: User,
    seller: User, client_of: Any,
) -> None:  # fmt: skip
    desk.take(moderator, case.pk)
    row = write("<script>alert(1)</script>")
    of_staff = [
        f"/admin/messaging/case/{case.pk}/change/",
        f"/admin/messaging/conversation/{conversation.pk}/thread/",
        f"/admin/messaging/staffmessage/{row.pk}/change/",
        f"/admin/messaging/staffmessage/{row.pk}/take-back/",
    ]
    pages = [client_of(moderator).get(address).text for address in of_staff]
    place = conversation.get_absolute_url()
    pages += [client_of(person).get(place).text for person in (shopper, seller)]
    conversation.refresh_from_db()
    contents = collect(conversation, Side.CONSUMER)
    pages.append(contents.page.read().decode())
    contents.close()
    for page in pages:
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>alert(1)" not in page
