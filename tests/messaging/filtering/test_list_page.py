"""The inbox as JSON, and its page with lanes and filters."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.models import Shop, ShopMember
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation, ConversationLabel, Label, Participant
from messaging.triage import actions as triage

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def waiting(conversation: Conversation) -> Conversation:
    MessageFactory(conversation=conversation, body="Is the bowl still there?")
    return conversation


def test_a_row_has_what_a_client_needs(
    waiting: Conversation, seller: User, shop: Shop, client_of: Any
) -> None:
    label = Label.objects.create(shop=shop, name="<b>Gift</b>", folded_name="gift", colour="teal")
    ConversationLabel.objects.create(conversation=waiting, label=label)
    Conversation.objects.update(assignee=seller)
    answer = client_of(seller).get("/conversations/?lane=ours", headers=JSON).json()
    (row,) = answer["rows"]
    assert answer["counts"] == {"ours": 1, "theirs": 0, "settled": 0, "all": 1}
    assert answer["next"] is None
    assert (row["conversation"], row["turn"], row["unread"]) == (waiting.pk, "seller", False)
    assert row["last_sequence"] == 1
    assert row["labels"] == [{"id": label.pk, "name": "<b>Gift</b>", "colour": "teal"}]
    assert row["assignee"] == {"id": seller.pk, "name": seller.name}
    assert (row["counterpart"], row["product"]) == ("Lucía Romero", "Speckled bowl")
    assert row["preview"] == "Is the bowl still there?"
    assert row["waiting_since"] == row["last_message_at"]
    page = client_of(seller).get("/conversations/").content.decode()
    assert "&lt;b&gt;Gift" in page
    assert "<b>Gift" not in page


def test_a_shopper_sees_neither_labels_nor_assignee(
    waiting: Conversation, seller: User, shopper: User, shop: Shop, client_of: Any
) -> None:
    label = Label.objects.create(shop=shop, name="Difficult", folded_name="difficult")
    ConversationLabel.objects.create(conversation=waiting, label=label)
    Conversation.objects.update(assignee=seller)
    client = client_of(shopper)
    (row,) = client.get("/conversations/", headers=JSON).json()["rows"]
    assert (row["labels"], row["assignee"]) == ([], None)
    page = client.get("/conversations/").content.decode()
    assert "Difficult" not in page
    assert seller.name not in page
    assert client.get("/conversations/?assigned=none", headers=JSON).json()["rows"] == []


def test_an_assignee_who_has_left_takes_care_of_nothing(
    waiting: Conversation,
    seller: User,
    shop: Shop,
    colleague: User,
    former_colleague: User,
    client_of: Any,
) -> None:
    client = client_of(seller)

    def shown(assignee: User) -> tuple[int, dict[str, Any] | None, bool]:
        Conversation.objects.update(assignee=assignee)
        (row,) = client.get("/conversations/", headers=JSON).json()["rows"]
        nobodys = client.get("/conversations/?assigned=none", headers=JSON).json()["rows"]
        page = client.get("/conversations/").content.decode()
        return len(nobodys), row["assignee"], f"Nobody's again: {assignee.name}" in page

    assert shown(colleague) == (0, {"id": colleague.pk, "name": colleague.name}, False)
    assert shown(former_colleague) == (1, None, True)
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    assert shown(colleague) == (1, None, True)
    assert former_colleague.name not in client_of(waiting.consumer).get("/conversations/").text


def test_each_lane_lists_its_own(
    waiting: Conversation, seller: User, shopper: User, client_of: Any
) -> None:
    def lanes_of(user: User) -> list[str]:
        client = client_of(user)
        names = ("ours", "theirs", "settled", "all")
        pages = [client.get(f"/conversations/?lane={name}", headers=JSON).json() for name in names]
        assert all(page["counts"] == pages[0]["counts"] for page in pages)
        assert [len(page["rows"]) for page in pages] == list(map(pages[0]["counts"].get, names))
        return [name for name, page in zip(names, pages, strict=True) if page["rows"]]

    assert lanes_of(seller) == ["ours", "all"]
    assert lanes_of(shopper) == ["theirs", "all"]
    triage.settle(seller, [waiting.pk])
    assert lanes_of(seller) == lanes_of(shopper) == ["settled", "all"]


def test_a_page_says_when_the_next_conversation_wakes(
    waiting: Conversation, seller: User, stranger: User, client_of: Any
) -> None:
    client = client_of(seller)
    assert 'data-wakes=""' in client.get("/conversations/").text
    other = ConversationFactory(product=waiting.product, consumer=stranger)
    MessageFactory(conversation=other)
    for row, minutes in ((waiting, 20), (other, 10)):
        triage.snooze(seller, [row.pk], timezone.now() + timedelta(minutes=minutes))
    (seconds,) = re.findall(r'data-wakes="(\d+)"', client.get("/conversations/").text)
    assert 540 < int(seconds) <= 602
    MessageFactory(conversation=other)  # which is already awake
    (seconds,) = re.findall(r'data-wakes="(\d+)"', client.get("/conversations/").text)
    assert 1140 < int(seconds) <= 1202


def test_a_script_gets_single_rows(waiting: Conversation, seller: User, client_of: Any) -> None:
    other = ConversationFactory(product=waiting.product, consumer=seller, shop=waiting.shop)
    address = (
        f"/conversations/rows/?conversation={waiting.pk}&conversation={other.pk}&conversation=x"
    )
    page = client_of(seller).get(address).content.decode()
    assert page.count("data-conversation=") == 1
    assert f'data-conversation="{waiting.pk}"' in page
    archived = {"conversation": waiting, "user": seller, "side": "seller", "archived_sequence": 1}
    Participant.objects.create(**archived)
    assert "data-conversation=" not in client_of(seller).get(address).content.decode()


def test_strangers_get_no_rows(
    waiting: Conversation, stranger: User, other_seller: User, moderator: User,
    former_colleague: User, client_of: Any,
) -> None:  # fmt: skip
    for person in (stranger, other_seller, moderator, former_colleague):
        client = client_of(person)
        assert client.get("/conversations/", headers=JSON).json()["rows"] == []
        address = f"/conversations/rows/?conversation={waiting.pk}"
        assert "data-conversation=" not in client.get(address).content.decode()


def test_more_filters_cost_no_query_per_row(
    seller: User, shop: Shop, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    label = Label.objects.create(shop=shop, name="Gift", folded_name="gift")
    for _ in range(5):
        row = ConversationFactory(product=None, shop=shop, consumer=None or _person())
        MessageFactory(conversation=row)
        ConversationLabel.objects.create(conversation=row, label=label)
    client = client_of(seller)
    address = f"/conversations/?lane=ours&label={label.pk}"
    client.get(address)
    with django_assert_max_num_queries(18):
        assert len(client.get(address, headers=JSON).json()["rows"]) == 5


def _person() -> User:
    from accounts.factories import UserFactory

    return UserFactory()


def test_spanish_lanes_and_filters_are_in_the_plural(seller: User, client_of: Any) -> None:
    html = client_of(seller).get("/conversations/", headers={"accept-language": "es"}).text
    lanes = re.findall(r'>\s*([^<>]*?)\s*<span class="inbox__count" data-count', html)
    assert lanes == ["Todas", "Tu turno", "En espera", "Resueltas"]
    marks = re.findall(r'<label><input type="checkbox" [^>]*> (.*?)</label>', html)
    assert marks == ["Sin leer", "Destacadas", "Pospuestas", "Archivadas"]


def test_a_former_member_reads_why_the_list_is_empty(
    seller: User, colleague: User, shop: Shop, client_of: Any
) -> None:
    for member in (seller, colleague):
        page = client_of(member).get("/conversations/").text
        assert "No questions yet" in page
        assert "/conversations/figures/" in page
    ShopMember.objects.filter(user=colleague).delete()
    page = client_of(colleague).get("/conversations/").text
    assert "No questions yet" not in page
    assert "You belong to no shop" in page
    # Their pages would be missing.
    for tool in ("figures", "labels", "hours", "away", "team"):
        assert f'href="/conversations/{tool}/' not in page
    assert "/conversations/figures/" in client_of(seller).get("/conversations/").text


def test_an_automatic_reply_does_not_hide_the_question_from_the_shop(
    waiting: Conversation, seller: User, shopper: User, client_of: Any
) -> None:
    MessageFactory(conversation=waiting, sender=seller, body="We're closed.", is_automatic=True)
    other = ConversationFactory(consumer=shopper, product=None, shop=waiting.shop)
    MessageFactory(conversation=other, body="And on Sundays?")
    MessageFactory(conversation=other, sender=seller, body="Closed too.")
    for person, previews in (
        (seller, {waiting.pk: "Is the bowl still there?", other.pk: "Closed too."}),
        (shopper, {waiting.pk: "We're closed.", other.pk: "Closed too."}),
    ):
        client = client_of(person)
        rows = client.get("/conversations/", headers=JSON).json()["rows"]
        assert {row["conversation"]: row["preview"] for row in rows} == previews
        assert [row["last_sequence"] for row in rows] == [2, 2]
        page = client.get("/conversations/").text
        assert ("Is the bowl still there?" in page) == (person == seller)
