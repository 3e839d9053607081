"""If a recalled message wasn't a scam after all, nobody is warned about it any longer."""

import pytest
from django.db.models import F

from accounts.models import User
from messaging.decisions import actions as decisions
from messaging.models import Decision, Message, Recall, RecallWarning, Side
from messaging.recall import actions
from messaging.recall.queries import recall_advice
from notifications.models import Notification
from tests.messaging.recall.conftest import Sent, order
from tests.rulings import remove_message

pytestmark = pytest.mark.django_db


def warnings() -> list[tuple[int, str]]:
    """Return the people who are warned, and where the notification leads."""
    rows = Notification.objects.filter(news__subject_kind=Recall.NEWS_KIND, read_at=None)
    return sorted(rows.annotate(url=F("news__url")).values_list("recipient", "url"))


def show_again(moderator: User, message: Message) -> None:
    removal = Decision.objects.get(message=message, measure="remove", overturned_at=None)
    decisions.undo(moderator, removal.pk, "It is innocent")


def test_shoppers_who_got_it_are_warned_no_longer(
    sent: Sent, seller: User, moderator: User
) -> None:
    scam, copy = sent(times=2, by=seller)
    remove_message(moderator, scam.pk, "A scam")
    actions.recall(moderator, scam.pk, order(copy))
    assert {pk for pk, _url in warnings()} == {one.conversation.consumer_id for one in (scam, copy)}
    show_again(moderator, copy)
    assert [pk for pk, _url in warnings()] == [scam.conversation.consumer_id]
    assert RecallWarning.objects.get().message == scam


def test_a_shop_that_got_another_is_warned_of_that(
    confirmed: Message, sent: Sent, seller: User, moderator: User
) -> None:
    [copy] = sent()
    actions.recall(moderator, confirmed.pk, order(copy))
    [(_pk, url)] = warnings()
    assert url.startswith(f"/conversation/{confirmed.conversation_id}/")
    Message.objects.filter(pk=confirmed.pk).update(removed_at=None)
    remove_message(moderator, confirmed.pk, "As a decision, so that it can be undone")
    show_again(moderator, confirmed)
    [(pk, url)] = warnings()
    assert pk == seller.pk
    assert url.startswith(f"/conversation/{copy.conversation_id}/")
    show_again(moderator, copy)
    assert warnings() == []


def test_a_shown_message_is_no_scam_beside_another_removed_one(
    confirmed: Message, seller: User, moderator: User
) -> None:
    actions.recall(moderator, confirmed.pk, order())
    conversation = confirmed.conversation
    removed = Message(removed_at=confirmed.removed_at, side="consumer")
    assert recall_advice(conversation, Side.SELLER, [removed])
    Message.objects.filter(pk=confirmed.pk).update(removed_at=None)
    assert not recall_advice(conversation, Side.SELLER, [removed])


def test_undoing_the_recall_withdraws_all_warnings(
    sent: Sent, seller: User, moderator: User
) -> None:
    scam, *copies = sent(times=3, by=seller)
    remove_message(moderator, scam.pk, "A scam")
    row = actions.recall(moderator, scam.pk, order(*copies))
    show_again(moderator, copies[0])
    actions.undo(moderator, row.pk, "All of it was wrong")
    assert warnings() == []
