"""A held message stays outside the log until staff decide; only its sender sees it."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import deletion
from accounts.models import User
from messaging import actions
from messaging.blocks.actions import block
from messaging.decisions.actions import undo
from messaging.models import Conversation, Decision, File, HeldMessage, Message
from messaging.records import Held, Sent
from messaging.review import actions as reviewing
from messaging.review.actions import due, release, withdraw
from messaging.review.retention import RULES
from notifications.models import Notification
from tests.rulings import reject, rule
from tests.said import say
from tests.uploads import PDF, uploaded
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone, Refused
from trato.retention import purge

pytestmark = pytest.mark.django_db(transaction=True)

review: Any = reviewing  # a test replaces what it imports
SUSPICIOUS = "Something suspicious"
JSON = {"accept": "application/json"}


def send(person: User, talk: Conversation, body: str, **extras: Any) -> Sent | Held:
    return actions.send(person, talk.pk, uuid.uuid4(), body, **extras)


def bodies(talk: Conversation) -> list[str]:
    return list(talk.messages.order_by("sequence").values_list("body", flat=True))


def held() -> list[HeldMessage]:
    return list(HeldMessage.objects.order_by("pk"))


def test_nothing_of_it_is_in_the_log_and_nobody_is_told(
    conversation: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    answer = send(shopper, conversation, SUSPICIOUS)
    assert isinstance(answer, Held)
    assert answer.is_new
    conversation.refresh_from_db()
    assert (conversation.last_sequence, conversation.revision, conversation.turn) == (0, 0, "")
    assert not Message.objects.exists()
    assert not Notification.objects.exists()
    assert SUSPICIOUS not in client_of(seller).get(conversation.get_absolute_url()).text
    page = client_of(shopper).get(conversation.get_absolute_url()).text
    assert SUSPICIOUS in page
    assert "Being checked." in page


def test_a_repeat_gets_the_same_answer_and_other_words_a_conflict(
    conversation: Conversation, shopper: User
) -> None:
    key = uuid.uuid4()
    first = actions.send(shopper, conversation.pk, key, SUSPICIOUS)
    again = actions.send(shopper, conversation.pk, key, SUSPICIOUS)
    assert isinstance(again, Held)
    assert (again.created_at, again.is_new) == (first.created_at, False)
    with pytest.raises(Refused, match="conflict"):
        actions.send(shopper, conversation.pk, key, "Other words")
    assert len(held()) == 1


def test_later_ones_of_the_sender_wait_behind_it_and_the_other_sides_dont(
    conversation: Conversation, shopper: User, seller: User, moderator: User
) -> None:
    say(shopper, conversation, "One")
    send(shopper, conversation, SUSPICIOUS)
    assert isinstance(send(shopper, conversation, "Two"), Held)
    assert isinstance(send(seller, conversation, "Hello"), Sent)
    assert isinstance(send(shopper, conversation, "Three"), Held)
    assert bodies(conversation) == ["One", "Hello"]
    assert [row.reason for row in held()] == ["word", "", ""]
    release(moderator, held()[0].pk, "Fine")
    assert bodies(conversation) == ["One", "Hello", SUSPICIOUS, "Two", "Three"]
    assert isinstance(send(shopper, conversation, "Four"), Sent)
    assert {row.state for row in held()} == {HeldMessage.State.DELIVERED}
    assert not any(row.body for row in held())


def test_on_release_the_other_side_is_told_and_the_sequence_is_given(
    conversation: Conversation, shopper: User, seller: User, colleague: User, moderator: User
) -> None:
    answer = send(shopper, conversation, SUSPICIOUS)
    release(moderator, held()[0].pk, "Fine")
    message = Message.objects.get()
    assert (message.sequence, message.client_id) == (1, answer.client_id)
    people = Notification.objects.values_list("recipient", flat=True)
    assert set(people) == {seller.pk, colleague.pk}
    conversation.refresh_from_db()
    assert conversation.turn == "seller"


def test_a_second_suspicious_one_stops_what_comes_behind_it(
    conversation: Conversation, shopper: User, moderator: User
) -> None:
    for body in (SUSPICIOUS, "Two", "Also suspicious", "Four"):
        send(shopper, conversation, body)
    first, _two, third, _four = held()
    release(moderator, third.pk, "Fine")
    assert bodies(conversation) == []
    release(moderator, first.pk, "Fine")
    assert bodies(conversation) == [SUSPICIOUS, "Two", "Also suspicious", "Four"]


def test_a_rejected_one_stays_with_its_sender_and_the_rest_is_delivered(
    conversation: Conversation, shopper: User, seller: User, moderator: User, client_of: Any
) -> None:
    key = uuid.uuid4()
    actions.send(shopper, conversation.pk, key, SUSPICIOUS)
    send(shopper, conversation, "Two")
    reject(moderator, held()[0].pk, "A known scam", "scam")
    assert bodies(conversation) == ["Two"]
    page = client_of(shopper).get(conversation.get_absolute_url()).text
    assert SUSPICIOUS in page
    assert "Not delivered." in page
    assert "Read why, and how to appeal" in page
    assert moderator.name not in page
    assert SUSPICIOUS not in client_of(seller).get(conversation.get_absolute_url()).text
    with pytest.raises(Refused, match="forbidden") as refused:
        actions.send(shopper, conversation.pk, key, SUSPICIOUS)
    assert refused.value.detail == "This message was not delivered."
    news = client_of(shopper).get("/notifications/?notices=1").text
    assert "We didn&#x27;t deliver your message" in news


def test_its_sender_takes_it_back_and_the_rest_is_delivered(
    conversation: Conversation, shopper: User, stranger: User, seller: User, client_of: Any
) -> None:
    answer = send(shopper, conversation, SUSPICIOUS)
    send(shopper, conversation, "Two")
    path = f"{conversation.get_absolute_url()}held/{answer.client_id}/"
    for outsider in (stranger, seller):
        assert client_of(outsider).post(path).status_code == 404
    assert bodies(conversation) == []
    assert client_of(shopper).post(path, headers=JSON).json()["type"] == "message.rejected"
    assert client_of(shopper).post(path).status_code == 302  # a second click
    assert bodies(conversation) == ["Two"]
    assert [row.body for row in held()] == ["", ""]
    with pytest.raises(Refused, match="forbidden") as refused:
        actions.send(shopper, conversation.pk, answer.client_id, SUSPICIOUS)
    assert refused.value.detail == "You've taken this message back."


def test_a_delivered_one_cannot_be_taken_back_here(
    conversation: Conversation, shopper: User, moderator: User
) -> None:
    answer = send(shopper, conversation, SUSPICIOUS)
    release(moderator, held()[0].pk, "Fine")
    with pytest.raises(Http404):
        withdraw(shopper, conversation.pk, answer.client_id)
    assert bodies(conversation) == [SUSPICIOUS]


def test_files_go_with_it(
    conversation: Conversation, shopper: User, seller: User, moderator: User, client_of: Any
) -> None:
    file = uploaded(shopper, conversation, PDF)
    send(shopper, conversation, SUSPICIOUS, files=[file.pk])
    assert client_of(seller).get(file.url).status_code == 404
    assert client_of(shopper).get(file.url).status_code == 200
    assert client_of(shopper).delete(file.url).status_code == 404
    with pytest.raises(Refused, match="not_found"):
        send(shopper, conversation, "Again", files=[file.pk])
    release(moderator, held()[0].pk, "Fine")
    assert File.objects.get().message == Message.objects.get()
    assert client_of(seller).get(file.url).status_code == 200


def test_a_file_of_one_taken_back_is_deleted(conversation: Conversation, shopper: User) -> None:
    file = uploaded(shopper, conversation, PDF)
    answer = send(shopper, conversation, SUSPICIOUS, files=[file.pk])
    withdraw(shopper, conversation.pk, answer.client_id)
    assert not File.objects.exists()


def test_a_block_meanwhile_keeps_it_undelivered(
    conversation: Conversation, shopper: User, seller: User, moderator: User, client_of: Any
) -> None:
    say(shopper, conversation, "One")
    send(shopper, conversation, SUSPICIOUS)
    block(seller, conversation.pk)
    release(moderator, held()[0].pk, "Fine")
    assert bodies(conversation) == ["One"]
    page = client_of(shopper).get(conversation.get_absolute_url()).text
    assert "This message could not be delivered." in page


def test_nothing_of_a_suspended_person_is_delivered_until_the_account_is_restored(
    conversation: Conversation, shopper: User, moderator: User
) -> None:
    send(shopper, conversation, SUSPICIOUS)
    send(shopper, conversation, "Also suspicious")
    User.objects.filter(pk=shopper.pk).update(is_active=False)
    first, second = held()
    with pytest.raises(ValidationError):
        release(moderator, first.pk, "Fine")
    reject(moderator, first.pk, "Scam")
    User.objects.filter(pk=shopper.pk).update(is_active=True)
    release(moderator, second.pk, "Fine")
    assert bodies(conversation) == ["Also suspicious"]


def test_what_waits_only_for_the_account_is_delivered_by_the_sweep(
    conversation: Conversation, shopper: User, moderator: User
) -> None:
    send(shopper, conversation, SUSPICIOUS)
    send(shopper, conversation, "Two")
    User.objects.filter(pk=shopper.pk).update(is_active=False)
    reject(moderator, held()[0].pk, "Scam", "scam")
    assert (due(10), bodies(conversation)) == (0, [])
    User.objects.filter(pk=shopper.pk).update(is_active=True)
    assert (due(10), bodies(conversation), due(10)) == (1, ["Two"], 0)


def test_each_decision_needs_the_permission_and_leaves_one_entry(
    conversation: Conversation, shopper: User, moderator: User, seller: User
) -> None:
    send(shopper, conversation, SUSPICIOUS)
    send(shopper, conversation, "Also suspicious")
    first, second = held()
    staff = User.objects.get(pk=seller.pk)
    staff.is_staff = True
    for act in (release, reject):
        with pytest.raises(PermissionDenied):
            act(staff, first.pk, "Fine")
        with pytest.raises(ValidationError):
            act(moderator, first.pk, " ")
    assert not AuditEntry.objects.exists()
    assert [row.state for row in held()] == ["waiting", "waiting"]
    release(moderator, first.pk, "Fine")
    reject(moderator, second.pk, "Scam")
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["held_message.released", "decision.reject"]
    for act in (release, reject):
        with pytest.raises(AlreadyDone):
            act(moderator, first.pk, "Fine")
    assert AuditEntry.objects.count() == 2


def test_nothing_is_left_of_a_deleted_account(conversation: Conversation, shopper: User) -> None:
    file = uploaded(shopper, conversation, PDF)
    send(shopper, conversation, SUSPICIOUS, files=[file.pk])
    deletion.delete_account(shopper.pk)
    assert not HeldMessage.objects.exists()
    assert not File.objects.exists()


def test_what_was_decided_long_ago_is_purged_with_its_files(
    conversation: Conversation, shopper: User, moderator: User
) -> None:
    for body in (SUSPICIOUS, "Also suspicious"):
        send(shopper, conversation, body, files=[uploaded(shopper, conversation, PDF).pk])
    rejected, waiting = held()
    reject(moderator, rejected.pk, "Scam")
    ago = timezone.now() - timedelta(days=201)
    HeldMessage.objects.filter(decided_at__isnull=False).update(decided_at=ago)
    HeldMessage.objects.update(created_at=ago)
    (rule,) = RULES
    assert sum(count for count, _kept in purge(rule, 10)) == 1
    assert held() == [waiting]
    assert File.objects.get().held_message == waiting


def test_a_conversation_without_held_messages_asks_nothing_more(
    conversation: Conversation, shopper: User, client_of: Any
) -> None:
    say(shopper, conversation, "One")
    with CaptureQueriesContext(connection) as queries:
        client_of(shopper).get(conversation.get_absolute_url())
    assert not any("heldmessage" in query["sql"] for query in queries)


def test_over_http_a_script_gets_message_held_and_a_form_is_led_to_it(
    conversation: Conversation, shopper: User, client_of: Any
) -> None:
    path = f"{conversation.get_absolute_url()}new_message/"
    form = {"body": SUSPICIOUS, "client_id": str(uuid.uuid4())}
    answer = client_of(shopper).post(path, form, headers=JSON)
    assert (answer.status_code, answer.json()) == (
        202,
        {
            "type": "message.held",
            "client_id": form["client_id"],
            "conversation": conversation.pk,
        },
    )
    again = client_of(shopper).post(path, form)
    assert again["Location"] == f"{conversation.get_absolute_url()}#held"
    assert len(held()) == 1


@pytest.mark.parametrize("measure", ["mute", "suspend"])
def test_a_sender_who_is_muted_or_suspended_at_that_moment_loses_nothing(
    measure: str, conversation: Conversation, seller: User, moderator: User, monkeypatch: Any
) -> None:
    send(seller, conversation, SUSPICIOUS)
    send(seller, conversation, "Two")
    asked = review.unmuted

    def unmuted_until_then(keys: list[int]) -> Any:
        free = asked(keys)
        until = timezone.now() + timedelta(days=1)
        rule(moderator, seller.pk, measure, "Rude", ends_at=until)
        return free

    monkeypatch.setattr(review, "unmuted", unmuted_until_then)
    release(moderator, held()[0].pk, "Fine")
    monkeypatch.undo()
    assert [row.state for row in held()] == ["cleared", "waiting"]
    undo(moderator, Decision.objects.get().pk, "Enough")
    assert (due(10), bodies(conversation)) == (1, [SUSPICIOUS, "Two"])
