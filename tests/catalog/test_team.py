"""A shop's team: roles, removing and leaving. A shop always keeps an owner."""

from typing import Any

import pytest

from accounts.models import User
from catalog.factories import ShopFactory, ShopMemberFactory, TeamInvitationFactory
from catalog.models import Shop, ShopMember, TeamInvitation
from messaging.host import host

pytestmark = pytest.mark.django_db

OWNER, AGENT = ShopMember.Role.OWNER, ShopMember.Role.AGENT


@pytest.fixture
def partner(shop: Shop, colleague: User) -> User:
    """The colleague, as a second owner."""
    ShopMember.objects.filter(user=colleague).update(role=OWNER)
    return colleague


def works_there(person: User, shop: Shop) -> bool:
    return person.pk in host.members_of(shop.pk) and host.is_member(person.pk, shop.pk)


def role_of(person: User, shop: Shop) -> str:
    return ShopMember.objects.get(user=person, shop=shop).role


def test_an_owner_changes_roles_up_and_down(
    shop: Shop, seller: User, colleague: User, client_of: Any
) -> None:
    page = f"/my/team/{shop.pk}/{colleague.pk}/"
    text = client_of(seller).get(page).text
    assert "answers conversations and manages products" in text
    assert "also manages the team and the shop&#x27;s settings" in text
    for role in (OWNER, AGENT):
        assert client_of(seller).post(page, {"role": role}).status_code == 302
        assert role_of(colleague, shop) == role
    assert client_of(seller).post(page, {"role": "boss"}).status_code == 400
    assert role_of(colleague, shop) == AGENT


def test_a_new_owner_does_what_owners_do_and_loses_it_again(
    shop: Shop, seller: User, partner: User, client_of: Any
) -> None:
    page, form = f"/my/team/{shop.pk}/{partner.pk}/", {"shop": shop.pk, "role": "agent"}
    client = client_of(partner)
    assert client.post("/my/team/", {**form, "email": "a@example.com"}).status_code == 302
    client_of(seller).post(page, {"role": AGENT})
    assert client.post("/my/team/", {**form, "email": "b@example.com"}).status_code == 403
    assert not TeamInvitation.objects.exists()  # invitations don't outlast the role either


def test_the_only_owner_stays_one(
    shop: Shop, seller: User, colleague: User, client_of: Any
) -> None:
    client = client_of(seller)
    refused = client.post(f"/my/team/{shop.pk}/{seller.pk}/", {"role": AGENT})
    assert (refused.status_code, "A shop needs an owner." in refused.text) == (400, True)
    leave = f"/my/team/{shop.pk}/leave/"
    for answer in (client.get(leave), client.post(leave)):
        assert "the only owner" in answer.text
    assert role_of(seller, shop) == OWNER


def test_a_suspended_owner_does_not_count(
    shop: Shop, seller: User, partner: User, client_of: Any
) -> None:
    partner.is_active = False
    partner.save()
    assert client_of(seller).post(f"/my/team/{shop.pk}/leave/").status_code == 400
    assert works_there(seller, shop)


def test_an_owner_steps_down_or_leaves_if_there_is_another(
    shop: Shop, seller: User, partner: User, client_of: Any
) -> None:
    client_of(seller).post(f"/my/team/{shop.pk}/{seller.pk}/", {"role": AGENT})
    assert role_of(seller, shop) == AGENT
    client_of(partner).post(f"/my/team/{shop.pk}/{seller.pk}/", {"role": OWNER})
    assert "You lose access at once" in client_of(seller).get(f"/my/team/{shop.pk}/leave/").text
    assert client_of(seller).post(f"/my/team/{shop.pk}/leave/").status_code == 302
    assert not works_there(seller, shop)
    assert works_there(partner, shop)


def test_an_agent_leaves(shop: Shop, seller: User, colleague: User, client_of: Any) -> None:
    assert client_of(colleague).post(f"/my/team/{shop.pk}/leave/").status_code == 302
    assert not works_there(colleague, shop)
    assert ShopMember.objects.get().user == seller


def test_somebody_is_removed_after_a_question_only(
    shop: Shop, seller: User, partner: User, client_of: Any
) -> None:
    """The invitations that the person has sent, perhaps to themselves, are removed too."""
    own = TeamInvitationFactory(shop=shop, invited_by=partner, email="second@example.com")
    kept = TeamInvitationFactory(shop=shop, invited_by=seller)
    page = f"/my/team/{shop.pk}/{partner.pk}/remove/"
    assert "lose access at once" in client_of(seller).get(page).text
    assert works_there(partner, shop)
    assert client_of(seller).post(page).status_code == 302
    assert not works_there(partner, shop)
    assert TeamInvitation.objects.get() == kept != own


def test_removing_oneself_is_leaving(shop: Shop, seller: User, client_of: Any) -> None:
    answer = client_of(seller).post(f"/my/team/{shop.pk}/{seller.pk}/remove/")
    assert answer["Location"] == f"/my/team/{shop.pk}/leave/"
    assert works_there(seller, shop)


def test_nobody_is_made_owner_of_more_shops_than_the_setting_says(
    shop: Shop, seller: User, colleague: User, client_of: Any, settings: Any
) -> None:
    settings.SHOPS_PER_PERSON = 2
    page = f"/my/team/{shop.pk}/{colleague.pk}/"
    others = [ShopFactory(owner=colleague) for _ in range(2)]
    answer = client_of(seller).post(page, {"role": OWNER})
    assert (answer.status_code, "as many shops as one can" in answer.text) == (400, True)
    assert role_of(colleague, shop) == AGENT
    ShopMember.objects.filter(shop=others[0]).delete()
    client_of(seller).post(page, {"role": OWNER})
    assert role_of(colleague, shop) == OWNER


@pytest.mark.parametrize("act", ["role", "remove", "leave"])
def test_open_tabs_check_again_after_each_change(
    act: str, shop: Shop, seller: User, colleague: User, client_of: Any, monkeypatch: Any
) -> None:
    told: list[int] = []
    monkeypatch.setattr("catalog.teams.announce_access_changed", told.append)
    team = f"/my/team/{shop.pk}/"
    if act == "role":
        client_of(seller).post(f"{team}{colleague.pk}/", {"role": OWNER})
        client_of(seller).post(f"{team}{colleague.pk}/", {"role": OWNER})  # no change
    elif act == "remove":
        client_of(seller).post(f"{team}{colleague.pk}/remove/")
    else:
        client_of(colleague).post(f"{team}leave/")
    assert told == [colleague.pk]


def test_each_shop_has_a_form_of_its_own(shop: Shop, seller: User, client_of: Any) -> None:
    second = ShopFactory(owner=seller)
    text = client_of(seller).post("/my/team/", {"shop": second.pk, "email": "no address"}).text
    for one in (shop, second):
        assert text.count(f'id="shop-{one.pk}-email"') == 1
    assert f'id="shop-{second.pk}-email_error"' in text
    assert f'id="shop-{shop.pk}-email_error"' not in text


def test_an_agent_sees_the_team_without_what_owners_do(
    shop: Shop, seller: User, colleague: User, client_of: Any
) -> None:
    TeamInvitationFactory(shop=shop, email="secret@example.com")
    ShopMemberFactory(shop=shop)
    text = client_of(colleague).get("/my/team/").text
    assert seller.email in text
    for hidden in ("secret@example.com", "Change role", "Remove", "Invite a colleague"):
        assert hidden not in text
        assert hidden in client_of(seller).get("/my/team/").text
