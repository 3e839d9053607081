"""Internal notes: stored exactly once, numbered without gaps, and invisible to the shopper."""

import uuid
from typing import Any

import pytest
from django.http import Http404
from msgspec import UNSET

from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop, ShopMember
from messaging.frames import Sender
from messaging.models import Conversation, Note, TeamState
from messaging.notes import actions
from messaging.notes.queries import state_since
from messaging.triage import labels
from messaging.triage.actions import assign, label, unlabel
from notifications.models import Notification
from tests.said import say
from tests.threads import in_threads
from trato.errors import Refused

pytestmark = pytest.mark.django_db


def note(author: User, conversation: Conversation, body: str = "Check the glaze") -> Note:
    return actions.add(author, conversation.pk, uuid.uuid4(), body)


def test_notes_are_numbered_without_gaps(
    seller: User, colleague: User, conversation: Conversation
) -> None:
    added = [note(author, conversation) for author in (seller, colleague, seller)]
    assert [(one.number, one.team_revision) for one in added] == [(1, 1), (2, 2), (3, 3)]
    assert added == list(Note.objects.all())


def test_nothing_of_the_conversation_moves(
    shopper: User, seller: User, colleague: User, conversation: Conversation
) -> None:
    say(shopper, conversation)
    before = Conversation.objects.values().get(), list(Notification.objects.values())
    note(colleague, conversation)
    assert before == (Conversation.objects.values().get(), list(Notification.objects.values()))


def test_a_repeated_client_id_is_one_note(seller: User, conversation: Conversation) -> None:
    client_id = uuid.uuid4()
    first = actions.add(seller, conversation.pk, client_id, "Ask\r\nIker ")
    again = actions.add(seller, conversation.pk, client_id, " Ask\nIker")
    assert first == again
    assert again.body == "Ask\nIker"
    assert TeamState.objects.get().team_revision == 1


def test_other_words_under_a_client_id_conflict(seller: User, conversation: Conversation) -> None:
    client_id = uuid.uuid4()
    actions.add(seller, conversation.pk, client_id, "One")
    for body in ("Two", "", "x" * 4001):
        with pytest.raises(Refused) as refusal:
            actions.add(seller, conversation.pk, client_id, body)
        assert refusal.value.code == "conflict"
    assert Note.objects.get().body == "One"


def test_two_authors_may_choose_the_same_client_id(
    seller: User, colleague: User, conversation: Conversation
) -> None:
    client_id = uuid.uuid4()
    for author in (seller, colleague):
        actions.add(author, conversation.pk, client_id, author.name)
    assert Note.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [("", "invalid"), (" \u200b", "invalid"), ("a\0", "invalid"), ("x" * 4001, "too_long")],
)
def test_a_bad_text_is_refused(
    body: str, code: str, seller: User, conversation: Conversation
) -> None:
    with pytest.raises(Refused) as refusal:
        note(seller, conversation, body)
    assert refusal.value.code == code
    assert not Note.objects.exists()
    assert note(seller, conversation, "x" * 4000).number == 1


def test_too_many_notes_are_refused_and_repeats_are_free(
    seller: User, conversation: Conversation, settings: Any
) -> None:
    settings.NOTES_PER_MINUTE = 2
    client_id = uuid.uuid4()
    note(seller, conversation)
    for _ in range(3):
        actions.add(seller, conversation.pk, client_id, "Again")
    with pytest.raises(Refused) as refusal:
        note(seller, conversation)
    assert refusal.value.code == "rate_limited"
    assert Note.objects.count() == 2
    assert say(seller, conversation).sequence == 1  # messages have a separate limit


def test_a_shopper_who_joins_the_shop_stays_the_shopper(
    shopper: User, seller: User, conversation: Conversation, shop: Shop
) -> None:
    User.objects.filter(pk=shopper.pk).update(role=User.Role.SELLER)
    ShopMemberFactory(shop=shop, user=User.objects.get(pk=shopper.pk))
    with pytest.raises(Http404):
        note(User.objects.get(pk=shopper.pk), conversation)
    assert note(seller, conversation).number == 1


@pytest.mark.django_db(transaction=True)
def test_notes_at_once_have_no_gaps_and_no_twins(
    seller: User, colleague: User, conversation: Conversation
) -> None:
    same, other = uuid.uuid4(), uuid.uuid4()
    jobs = iter([(seller, same), (seller, same), (seller, other), (colleague, same)] * 2)

    def add() -> int:
        author, client_id = next(jobs)
        return actions.add(author, conversation.pk, client_id, "At once").number

    assert set(in_threads(8, add)) == {1, 2, 3}
    rows = Note.objects.order_by("number")
    assert [(row.number, row.team_revision) for row in rows] == [(1, 1), (2, 2), (3, 3)]


def test_resuming_gets_what_came_later_in_pages(
    seller: User, conversation: Conversation, settings: Any
) -> None:
    settings.NOTE_PAGE_SIZE = 2
    for body in "abc":
        note(seller, conversation, body)
    first = state_since(conversation, 0)
    assert ([one.body for one in first.notes], first.more, first.team_revision) == (
        ["a", "b"], True, 2,
    )  # fmt: skip
    rest = state_since(conversation, first.team_revision)
    assert ([one.body for one in rest.notes], rest.more, rest.team_revision) == (["c"], False, 3)
    assert state_since(conversation, 3).notes == []


def test_what_is_newer_comes_with_the_assignee_and_the_labels_of_now(
    seller: User, colleague: User, shop: Shop, conversation: Conversation
) -> None:
    def state(since: int) -> tuple[Any, ...]:
        now = state_since(Conversation.objects.get(), since)
        return now.assignee, now.former, now.labels

    mug = labels.create(seller, shop.pk, "Mugs", "blue").pk
    assign(seller, [conversation.pk], colleague.pk)
    label(seller, [conversation.pk], mug)
    assert state(0) == state(1) == (Sender(colleague.pk, colleague.name), "", [mug])
    assert state(2) == (UNSET, UNSET, UNSET)
    ShopMember.objects.filter(user=colleague).delete()
    unlabel(seller, [conversation.pk], mug)
    assert state(2) == (None, colleague.name, [])
    assign(seller, [conversation.pk], None)
    assert state(2) == (None, "", [])
