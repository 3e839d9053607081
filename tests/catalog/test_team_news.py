"""People are told who joined their team, that their role changed, and that they were removed."""

import uuid
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.utils import translation

from accounts import deletion
from accounts.models import User
from catalog import invitations, teams
from catalog.factories import ShopFactory, TeamInvitationFactory
from catalog.models import Shop, ShopMember, TeamInvitation
from notifications import queries
from notifications.models import News
from tests.unread import unread_count

pytestmark = pytest.mark.django_db

OWNER, AGENT = ShopMember.Role.OWNER, ShopMember.Role.AGENT


def told(person: User) -> list[str]:
    with translation.override("en"):
        return [row.news.words.title for row in queries.notifications_of(person)]


def invited(person: User, shop: Shop, owner: User) -> TeamInvitation:
    EmailAddress.objects.get_or_create(
        user=person, email=person.email, defaults={"verified": True, "primary": True}
    )
    return TeamInvitationFactory(shop=shop, email=person.email, invited_by=owner)


def join(person: User, shop: Shop, owner: User) -> None:
    invitation = invited(person, shop, owner)
    invitations.answer(person, invitation.pk, accept=True, key=uuid.uuid4())


def test_the_others_hear_who_has_joined(
    shop: Shop, seller: User, colleague: User, shopper: User, other_seller: User, client_of: Any
) -> None:
    ShopFactory(owner=other_seller)
    join(shopper, shop, seller)
    for person in (seller, colleague):
        assert told(person) == ["Lucía Romero joined your team"]
        assert queries.unread_counts([person.pk])[person.pk] == (1, 1)
    assert told(shopper) == told(other_seller) == []
    page = client_of(colleague).get("/notifications/").text
    assert "Lucía Romero can now read and answer the conversations of Barro y Sal." in page
    client = client_of(colleague)
    client.cookies["django_language"] = "es"
    assert "Lucía Romero se ha unido a tu equipo" in client.get("/notifications/").text


def test_declining_is_no_news(shop: Shop, seller: User, colleague: User, shopper: User) -> None:
    invitation = invited(shopper, shop, seller)
    invitations.answer(shopper, invitation.pk, accept=False, key=uuid.uuid4())
    assert told(seller) == told(colleague) == []


def test_a_person_hears_of_a_new_role_and_nobody_else_does(
    shop: Shop, seller: User, colleague: User
) -> None:
    teams.change_role(seller, shop.pk, colleague.pk, OWNER)
    assert told(colleague) == ["You're now an owner of Barro y Sal"]
    teams.change_role(seller, shop.pk, colleague.pk, OWNER)  # no change
    teams.change_role(seller, shop.pk, colleague.pk, AGENT)
    assert told(colleague) == ["You're now an agent of Barro y Sal"]
    assert told(seller) == []


def test_stepping_down_oneself_is_no_news(shop: Shop, seller: User, colleague: User) -> None:
    teams.change_role(seller, shop.pk, colleague.pk, OWNER)
    teams.change_role(seller, shop.pk, seller.pk, AGENT)
    assert told(seller) == []


def test_a_removed_person_hears_of_it_and_one_who_left_does_not(
    shop: Shop, seller: User, colleague: User, shopper: User
) -> None:
    join(shopper, shop, seller)
    teams.remove_member(seller, shop.pk, colleague.pk)
    teams.remove_member(seller, shop.pk, colleague.pk)  # again
    assert told(colleague) == ["You're no longer on the team of Barro y Sal"]
    teams.leave_shop(shopper, shop.pk)
    assert told(shopper) == []


def test_a_deleted_persons_name_is_in_nobodys_news(shop: Shop, seller: User, shopper: User) -> None:
    join(shopper, shop, seller)
    deletion.delete_account(shopper.pk)
    assert told(seller) == []
    assert not News.objects.filter(title__contains="Lucía").exists()
    assert unread_count(seller.pk) == 0


@pytest.mark.parametrize(("limit", "accepted"), [(2, False), (3, True)])
def test_a_team_gets_no_larger_than_the_setting_says(
    limit: int,
    accepted: bool,
    shop: Shop,
    seller: User,
    colleague: User,
    shopper: User,
    settings: Any,
    client_of: Any,
) -> None:
    invitation = invited(shopper, shop, seller)
    settings.SHOP_MEMBERS_MAX = limit
    page = client_of(shopper).post("/my/team/", {"accept": invitation.pk}, follow=True).text
    assert ("You&#x27;re now on the team" in page) is accepted
    assert ("This team already has 2 people" in page) is not accepted
    assert shop.memberships.filter(user=shopper).exists() is accepted
    assert TeamInvitation.objects.exists() is not accepted


@pytest.mark.parametrize(("limit", "status"), [(3, 400), (4, 302)])
def test_invitations_count_as_people_of_the_team(
    limit: int,
    status: int,
    shop: Shop,
    seller: User,
    colleague: User,
    settings: Any,
    client_of: Any,
) -> None:
    TeamInvitationFactory(shop=shop, invited_by=seller)
    settings.SHOP_MEMBERS_MAX = limit
    form = {"shop": shop.pk, "email": "next@example.com", "role": "agent"}
    answer = client_of(seller).post("/my/team/", form)
    assert answer.status_code == status
    assert ("A team can have 3 people" in answer.text) is (status == 400)
    assert TeamInvitation.objects.count() == (1 if status == 400 else 2)


def test_the_only_owner_reads_why_they_can_neither_leave_nor_step_down(
    shop: Shop, seller: User, colleague: User, client_of: Any
) -> None:
    page = client_of(seller).get("/my/team/").text
    assert page.count("disabled") == 2
    assert "You're the only owner." in page
    assert f"/my/team/{shop.pk}/leave/" not in page
    assert f"/my/team/{shop.pk}/{seller.pk}/" not in page
    assert f"/my/team/{shop.pk}/{colleague.pk}/remove/" in page
    teams.change_role(seller, shop.pk, colleague.pk, OWNER)
    page = client_of(seller).get("/my/team/").text
    assert "disabled" not in page
    assert f"/my/team/{shop.pk}/leave/" in page
    assert f"/my/team/{shop.pk}/{seller.pk}/" in page
