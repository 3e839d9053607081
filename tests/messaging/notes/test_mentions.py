"""`@name` in a note notifies a colleague, and nobody else."""

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import deletion
from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop, ShopMember
from messaging.models import Conversation, Note
from messaging.notes import actions, mentions
from notifications.models import News
from tests.unread import unread_count

pytestmark = pytest.mark.django_db


def note(author: User, conversation: Conversation, body: str) -> Note:
    return actions.add(author, conversation.pk, uuid.uuid4(), body)


@pytest.fixture
def team(seller: User, colleague: User, shop: Shop) -> dict[str, User]:
    """The shop's members by their first name; two are called Zoë."""
    made = {"Marta": seller, "Iker": colleague}
    for key, name in (("Zoë", "Zoë Rey"), ("other Zoë", "Zoë Añón Gil")):
        made[key] = UserFactory(name=name, seller=True)
        ShopMemberFactory(shop=shop, user=made[key])
    return made


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Iker, look", {"Iker"}),
        ("Ask (@iker sanz)!", {"Iker"}),
        ("@IKER and @marta", {"Iker"}),  # Marta writes
        ("@zoe", {"Zoë", "other Zoë"}),
        ("@Zoë Rey", {"Zoë"}),
        ("@zoe  anon\ngil", {"other Zoë"}),
        ("@Ikerina", set()),
        ("iker@iker.example", set()),
        ("@@iker", set()),
        ("@ Iker", set()),
        ("@Tom Ashby and @Lucía", set()),  # not in the shop
    ],
)
def test_whom_a_note_mentions(
    text: str, names: set[str], team: dict[str, User], shop: Shop, other_seller: User, shopper: User
) -> None:
    ids = mentions.mentioned(text, shop.pk, team["Marta"].pk)
    assert ids == sorted(team[name].pk for name in names)


@given(text=st.text(st.sampled_from("@ikerIKER (.\\)*+[]\n\u0130ß"), max_size=30))
def test_any_text_can_be_searched_for_mentions(text: str) -> None:
    assert mentions.mentioned(text, 0, 0) == []


def test_the_mentioned_colleague_is_told_and_reads_it(
    shopper: User, seller: User, colleague: User, conversation: Conversation, client_of: Any
) -> None:
    note(seller, conversation, "@Iker, is the glaze lead-free?")
    assert [unread_count(one.pk) for one in (shopper, seller, colleague)] == [0, 0, 1]
    client = client_of(colleague)
    page = client.get("/notifications/").text
    assert f"{seller.name} mentioned you in a note" in page
    assert "is the glaze lead-free?" in page
    assert f"{conversation.get_absolute_url()}#note-1" in page
    assert "data-noticed" in client.get(conversation.get_absolute_url()).text
    assert client.post(f"{conversation.get_absolute_url()}notes/read/").status_code == 204
    assert unread_count(colleague.pk) == 0
    assert "data-noticed" not in client.get(conversation.get_absolute_url()).text


def test_the_notice_is_in_the_readers_language(
    seller: User, colleague: User, conversation: Conversation, client_of: Any
) -> None:
    note(seller, conversation, "@Iker")
    page = client_of(colleague).get("/notifications/", headers={"accept-language": "es"}).text
    assert f"{seller.name} te ha mencionado en una nota" in page


def test_who_leaves_the_shop_no_longer_sees_it(
    seller: User, colleague: User, conversation: Conversation, client_of: Any
) -> None:
    note(seller, conversation, "@Iker, Zinnober")
    ShopMember.objects.filter(user=colleague).delete()
    assert unread_count(colleague.pk) == 0
    client = client_of(colleague)
    assert "Zinnober" not in client.get("/notifications/").text
    assert client.post(f"{conversation.get_absolute_url()}notes/read/").status_code == 404


def test_a_shopper_who_joined_the_shop_is_not_told(
    shopper: User, seller: User, shop: Shop, conversation: Conversation
) -> None:
    User.objects.filter(pk=shopper.pk).update(role=User.Role.SELLER)
    ShopMemberFactory(shop=shop, user=User.objects.get(pk=shopper.pk))
    assert note(seller, conversation, f"@{shopper.name} again").mentions == []
    assert not News.objects.exists()


def test_a_repeat_tells_once(seller: User, colleague: User, conversation: Conversation) -> None:
    client_id = uuid.uuid4()
    for _ in range(2):
        actions.add(seller, conversation.pk, client_id, "@Iker")
        actions.read_notices(colleague, conversation.pk)
    assert unread_count(colleague.pk) == 0


@pytest.mark.django_db(transaction=True)
def test_notices_go_with_the_authors_account(
    seller: User, colleague: User, conversation: Conversation
) -> None:
    note(colleague, conversation, "@Marta, look")
    assert unread_count(seller.pk) == 1
    deletion.delete_account(colleague.pk)
    assert not News.objects.exists()
    assert Note.objects.get().body == "@Marta, look"
