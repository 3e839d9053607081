"""A colleague who is assigned a conversation gets a notice, and the team reads each assignment."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import deletion
from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop
from messaging.models import AlertChoice, Assignment, Conversation
from messaging.team import taking
from messaging.team.actions import set_alerts
from messaging.team.assignment import assign
from messaging.triage import actions
from notifications.models import News, Notification
from notifications.queries import notifications_of
from tests.said import say

pytestmark = pytest.mark.django_db

Many = Callable[[int], list[Conversation]]


@pytest.fixture
def talk(conversation: Conversation, shopper: User, seller: User, colleague: User) -> Conversation:
    """An unassigned conversation of a shop with two members."""
    say(shopper, conversation)
    conversation.refresh_from_db()
    return conversation


def lines(client: Any, conversation: Conversation) -> list[str]:
    """Return the lines on the page of a conversation."""
    page = client.get(conversation.get_absolute_url()).text
    page = page.partition('<ol class="messages">')[2].partition("</ol>")[0]
    texts = re.findall(r'class="assignment__text" dir="auto">([^<]+)<', page)
    return [" ".join(text.split()) for text in texts]


def told(person: User) -> int:
    """Return the number of a person's unread notices."""
    return notifications_of(person).filter(is_notice=True, read_at=None).count()


def a_minute_passes() -> None:
    for row in Assignment.objects.all():
        row.created_at -= timedelta(minutes=1)
        row.save()


def notices(client: Any, language: str = "en") -> str:
    text: str = client.get("/notifications/", headers={"accept-language": language}).text
    return text


def test_the_assignee_is_told_and_reads_it(
    talk: Conversation, seller: User, colleague: User, client_of: Any
) -> None:
    actions.assign(seller, [talk.pk], colleague.pk)
    assert [told(one) for one in (seller, colleague)] == [0, 1]
    client, address = client_of(colleague), talk.get_absolute_url()
    page = notices(client)
    assert f"{seller.name} assigned a conversation to you" in page
    assert f"{talk.consumer.name} · {talk.product_title}" in page
    assert f'value="{address}"' in page
    assert f"{seller.name} te ha asignado una conversación" in notices(client, "es")
    assert "data-noticed" in client.get(address).text
    assert client.post(f"{address}notes/read/").status_code == 204
    assert told(colleague) == 0
    assert "data-noticed" not in client.get(address).text


def test_many_at_once_are_one_notice(
    seller: User, colleague: User, many: Many, client_of: Any
) -> None:
    actions.assign(seller, [row.pk for row in many(12)], colleague.pk)
    assert told(colleague) == 1
    page = notices(client_of(colleague))
    assert f"{seller.name} assigned 12 conversations to you" in page
    assert 'value="/conversations/?assigned=me"' in page


@pytest.mark.parametrize("level", AlertChoice.Level.values)
def test_who_has_chosen_none_is_not_told(
    level: AlertChoice.Level, talk: Conversation, seller: User, colleague: User, shop: Shop
) -> None:
    set_alerts(colleague, shop.pk, level)
    actions.assign(seller, [talk.pk], colleague.pk)
    assert told(colleague) == (level != AlertChoice.Level.NOTHING)


def test_taking_and_replying_tell_nobody(talk: Conversation, seller: User, colleague: User) -> None:
    actions.assign(colleague, [talk.pk], colleague.pk)
    actions.assign(seller, [talk.pk], None)
    taking.take({talk.pk: colleague.pk})
    assert Assignment.objects.filter(by_reply=True).exists()
    assert not News.objects.filter(subject_kind="assigned").exists()


def test_a_shopper_who_joined_the_team_is_not_told(
    talk: Conversation, seller: User, shopper: User, shop: Shop, client_of: Any
) -> None:
    User.objects.filter(pk=shopper.pk).update(role=User.Role.SELLER)
    ShopMemberFactory(shop=shop, user=User.objects.get(pk=shopper.pk))
    with transaction.atomic():
        assign([(talk, shopper.pk)], actor=seller)
    assert not News.objects.filter(subject_kind="assigned").exists()
    assert "ssignment" not in client_of(shopper).get(talk.get_absolute_url()).text


def test_undo_withdraws_what_nobody_has_read(seller: User, colleague: User, many: Many) -> None:
    first, second, *_ = (row.pk for row in many(2))
    for ids in ([first], [first, second]):
        token = actions.assign(seller, ids, colleague.pk).undo
        actions.undo(seller, token)
        assert not Notification.objects.filter(recipient=colleague, is_notice=True).exists()
    token = actions.assign(seller, [first], colleague.pk).undo
    Notification.objects.update(read_at=timezone.now())
    actions.undo(seller, token)
    assert Notification.objects.filter(recipient=colleague, is_notice=True).count() == 1
    token = actions.assign(seller, [second], colleague.pk).undo
    actions.assign(seller, [second], None)
    assert actions.undo(seller, actions.assign(seller, [second], seller.pk).undo).done
    assert told(colleague) == 1  # of another action


def test_an_undo_tells_nobody(talk: Conversation, seller: User, colleague: User) -> None:
    actions.assign(colleague, [talk.pk], colleague.pk)
    token = actions.assign(seller, [talk.pk], None).undo
    actions.undo(seller, token)
    assert told(colleague) == 0


def test_the_team_reads_who_took_care_of_it(
    talk: Conversation, seller: User, colleague: User, client_of: Any
) -> None:
    client = client_of(seller)
    taking.take({talk.pk: colleague.pk})
    assert lines(client, talk) == [f"{colleague.name} took this by replying"]
    for actor, assignee in ((seller, None), (colleague, colleague), (seller, seller)):
        actions.assign(actor, [talk.pk], assignee.pk if assignee else None)
    assert lines(client, talk)[1:] == [
        f"{seller.name} put this back to nobody",
        f"{colleague.name} took this",
        f"{seller.name} took this",
    ]


def test_lines_of_one_person_within_a_minute_are_one(
    talk: Conversation, seller: User, colleague: User, client_of: Any
) -> None:
    client = client_of(seller)
    for assignee in (colleague.pk, None):
        actions.assign(seller, [talk.pk], assignee)
    assert lines(client, talk) == [f"{seller.name} put this back to nobody"]
    a_minute_passes()
    actions.assign(seller, [talk.pk], colleague.pk)
    assert len(lines(client, talk)) == 2
    say(seller, talk, "A moment")
    actions.assign(seller, [talk.pk], seller.pk)
    assert len(lines(client, talk)) == 3  # a message is between them


@pytest.mark.django_db(transaction=True)
def test_names_go_with_the_account(
    talk: Conversation, seller: User, colleague: User, client_of: Any
) -> None:
    actions.assign(colleague, [talk.pk], seller.pk)
    actions.assign(seller, [talk.pk], colleague.pk)
    actions.assign(colleague, [talk.pk], None)
    deletion.delete_account(colleague.pk)
    assert lines(client_of(seller), talk)[-2:] == [
        f"{seller.name} assigned this to Deleted account",
        f"{talk.shop.name} put this back to nobody",
    ]
    assert not News.objects.filter(title=colleague.name).exists()


@pytest.mark.django_db(transaction=True)
def test_the_shoppers_name_goes_too(
    talk: Conversation, seller: User, colleague: User, shopper: User
) -> None:
    actions.assign(seller, [talk.pk], colleague.pk)
    deletion.delete_account(shopper.pk)
    assert not News.objects.filter(excerpt__contains=shopper.name).exists()
