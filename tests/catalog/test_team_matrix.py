"""Every actor × every action on a team, through the URLs that a person would use.

A denial leaves the database as it was; its allowed twin is in the same column of the table.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from catalog.factories import ShopMemberFactory, TeamInvitationFactory
from catalog.models import Shop, ShopMember, TeamInvitation
from tests.accounts.acts import prove

pytestmark = pytest.mark.django_db

PEOPLE = (
    "visitor", "shopper", "former_colleague", "colleague", "seller", "other_seller", "moderator",
    "suspended", "guest",
)  # fmt: skip
NOT_LOGGED_IN = {"visitor", "suspended"}
OWNERS = {"seller"}
MEMBERS = {"seller", "colleague"}
OWNER = ShopMember.Role.OWNER


class Scene:
    """A team with two owners and two agents, and two invitations."""

    def __init__(self, shop: Shop, guest: User) -> None:
        self.shop = shop
        self.member = ShopMemberFactory(shop=shop).user  # the one that others change
        ShopMemberFactory(shop=shop, role=OWNER)  # so that the seller may leave
        self.invitation = TeamInvitationFactory(
            shop=shop, email=guest.email, invited_by=shop.members.get(name="Marta Vidal")
        )

    @property
    def address(self) -> str:
        return f"/my/team/{self.shop.pk}/"

    @property
    def of_member(self) -> str:
        return f"{self.address}{self.member.pk}/"

    def everything(self) -> list[Any]:
        """Return everything that an action could change."""
        models = (Shop, ShopMember, TeamInvitation)
        rows = [list(model._default_manager.order_by("pk").values()) for model in models]
        return [*rows, list(User.objects.order_by("pk").values_list("role")), len(mail.outbox)]


@pytest.fixture
def guest(stranger: User) -> User:
    """Somebody who has an invitation."""
    prove(stranger)
    return stranger


@pytest.fixture
def scene(shop: Shop, guest: User, suspended: User) -> Scene:
    ShopMemberFactory(shop=shop, user=suspended, role=OWNER)  # only the suspension counts
    return Scene(shop, guest)


@pytest.fixture
def user(request: pytest.FixtureRequest, person: str) -> User | None:
    """The account of the parametrized person; None for a visitor."""
    return None if person == "visitor" else request.getfixturevalue(person)


def _press(client: Client, scene: Scene, **fields: Any) -> int:
    return client.post("/my/team/", {"shop": scene.shop.pk, **fields}).status_code


def _see(client: Client, scene: Scene, user: Any) -> tuple[int, bool]:
    answer = client.get("/my/team/")
    return answer.status_code, scene.member.email in answer.text


def _invite(client: Client, scene: Scene, user: Any) -> tuple[int, bool]:
    status = _press(client, scene, email="new@example.com", role=OWNER)
    return status, TeamInvitation.objects.filter(email="new@example.com").exists()


def _send_again(client: Client, scene: Scene, user: Any) -> tuple[int, bool]:
    return _press(client, scene, again=scene.invitation.pk), len(mail.outbox) == 1


def _withdraw(client: Client, scene: Scene, user: Any) -> tuple[int, bool]:
    status = _press(client, scene, take_back=scene.invitation.pk)
    return status, not TeamInvitation.objects.exists()


def _look_at_role(client: Client, scene: Scene, user: Any) -> tuple[int, bool]:
    answer = client.get(scene.of_member)
    return answer.status_code, scene.member.email in answer.text


def _change_role(client: Client, scene: Scene, user: Any) -> tuple[int, bool]:
    status = client.post(scene.of_member, {"role": OWNER}).status_code
    return status, ShopMember.objects.filter(user=scene.member, role=OWNER).exists()


def _rise(client: Client, scene: Scene, user: Any) -> tuple[int, bool]:
    key = user.pk if user else 0
    status = client.post(f"{scene.address}{key}/", {"role": OWNER}).status_code
    return status, ShopMember.objects.filter(user=key, shop=scene.shop, role=OWNER).exists()


def _remove(client: Client, scene: Scene, user: Any) -> tuple[int, bool]:
    status = client.post(f"{scene.of_member}remove/").status_code
    return status, not ShopMember.objects.filter(user=scene.member).exists()


def _leave(client: Client, scene: Scene, user: Any) -> tuple[int, bool]:
    before = scene.shop.memberships.count()
    status = client.post(f"{scene.address}leave/").status_code
    return status, scene.shop.memberships.count() == before - 1


def _accept(client: Client, scene: Scene, user: Any) -> tuple[int, bool]:
    before = scene.shop.memberships.count()
    status = client.post("/my/team/", {"accept": scene.invitation.pk}).status_code
    return status, scene.shop.memberships.count() == before + 1


def _decline(client: Client, scene: Scene, user: Any) -> tuple[int, bool]:
    status = client.post("/my/team/", {"decline": scene.invitation.pk}).status_code
    return status, not TeamInvitation.objects.exists()


Act = Callable[[Client, Scene, Any], tuple[int, bool]]
# action → who may do it, and the response to others who are logged in
ACTS: dict[str, tuple[Act, set[str], set[int]]] = {
    "see the team": (_see, MEMBERS, {200}),
    "invite": (_invite, OWNERS, {403, 404}),
    "send again": (_send_again, OWNERS, {403, 404}),
    "withdraw": (_withdraw, OWNERS, {403, 404}),
    "look at a role": (_look_at_role, OWNERS, {404}),
    "change a role": (_change_role, OWNERS, {404}),
    "become an owner": (_rise, OWNERS, {404}),
    "remove": (_remove, OWNERS, {404}),
    "leave": (_leave, MEMBERS, {302}),
    "accept": (_accept, {"guest"}, {302}),
    "decline": (_decline, {"guest"}, {302}),
}


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("act", ACTS)
def test_who_may_do_what_with_a_team(
    act: str, person: str, user: User | None, scene: Scene, client_of: Any
) -> None:
    perform, allowed, denial = ACTS[act]
    if person == "suspended" and act == "become an owner":
        ShopMember.objects.filter(user=user).update(role=ShopMember.Role.AGENT)
    client, before = client_of(user), scene.everything()
    status, done = perform(client, scene, user)
    assert done == (person in allowed)
    if not done:
        turned_away = {401, 403} if person == "suspended" else {302, 401}
        assert status in (turned_away if person in NOT_LOGGED_IN else denial)
        assert scene.everything() == before
