"""Read marks, and the badge that follows them."""

import uuid

import pytest
from django.http import Http404

from accounts.models import User
from messaging import actions, queries
from messaging.models import Conversation, Participant
from messaging.reading.actions import mark_read
from tests.said import in_log
from tests.unread import unread_count

pytestmark = pytest.mark.django_db


def say(actor: User, conversation: Conversation) -> int:
    return in_log(actions.send(actor, conversation.pk, uuid.uuid4(), "Hello")).sequence


def test_reading_to_the_end_clears_the_badge_of_the_reader_alone(
    shopper: User, seller: User, colleague: User, conversation: Conversation
) -> None:
    last = say(shopper, conversation)
    mark_read(seller, conversation.pk, last)
    assert unread_count(seller.pk) == 0
    assert unread_count(colleague.pk) == 1


def test_reading_part_of_it_leaves_it_unread(
    shopper: User, seller: User, conversation: Conversation
) -> None:
    say(shopper, conversation)
    say(shopper, conversation)
    mark_read(seller, conversation.pk, 1)
    assert unread_count(seller.pk) == 1


def test_own_messages_at_the_end_do_not_have_to_be_read(
    shopper: User, seller: User, conversation: Conversation
) -> None:
    say(shopper, conversation)
    say(seller, conversation)
    mark_read(seller, conversation.pk, 1)
    assert unread_count(seller.pk) == 0


def test_a_mark_never_goes_back_nor_beyond_the_end(
    shopper: User, seller: User, conversation: Conversation
) -> None:
    say(shopper, conversation)
    mark_read(seller, conversation.pk, 2**31 - 1)
    mark_read(seller, conversation.pk, 0)
    assert Participant.objects.get(user=seller).last_read_sequence == 1
    say(shopper, conversation)
    assert unread_count(seller.pk) == 1


def test_a_side_has_read_as_far_as_its_furthest_reader(
    shopper: User, seller: User, colleague: User, conversation: Conversation
) -> None:
    for _ in range(3):
        say(shopper, conversation)
    mark_read(seller, conversation.pk, 1)
    mark_read(colleague, conversation.pk, 3)
    assert queries.read_marks(conversation, conversation.consumer) == {"consumer": 0, "seller": 3}


@pytest.mark.parametrize("outsider", ["stranger", "other_seller", "former_colleague", "suspended"])
def test_an_outsider_leaves_no_mark(
    outsider: str, shopper: User, conversation: Conversation, request: pytest.FixtureRequest
) -> None:
    say(shopper, conversation)
    with pytest.raises(Http404):
        mark_read(request.getfixturevalue(outsider), conversation.pk, 1)
    assert not Participant.objects.filter(last_read_sequence__gt=0).exists()
