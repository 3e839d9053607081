"""A team's open pages are told who joined, left or changed their name; the shopper's aren't."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from asgiref.sync import sync_to_async

from accounts import deletion
from accounts.models import User
from accounts.profile import change_profile
from catalog import invitations, teams
from catalog.factories import TeamInvitationFactory
from catalog.models import Shop, ShopMember
from messaging.decisions.actions import restore
from tests.rulings import suspend
from tests.sockets import next_frame, receives_nothing
from trato.realtime.sessions import announce_access_changed

pytestmark = pytest.mark.django_db(transaction=True)


def join(shop: Shop, person: User, seller: User) -> None:
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    row = TeamInvitationFactory(shop=shop, email=person.email, invited_by=seller)
    invitations.answer(person, row.pk, accept=True, key=uuid.uuid4())


def restored(_shop: Shop, person: User, staff: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)
    restore(staff, person.pk, "A mistake")


# Each takes the shop, the person, and the actor: the shop's owner, or a moderator.
ACTS: dict[str, Callable[[Shop, User, User], object]] = {
    "removed": lambda shop, person, owner: teams.remove_member(owner, shop.pk, person.pk),
    "leaving": lambda shop, person, _by: teams.leave_shop(person, shop.pk),
    "joining": join,
    "renamed": lambda _shop, person, _by: change_profile(person, {"name": "Iker Vidal"}),
    "suspended": lambda _shop, person, staff: suspend(staff, person.pk, "Spam"),
    "restored": restored,
    "deleted": lambda _shop, person, _by: deletion.delete_account(person.pk),
}


@pytest.mark.parametrize("act", ACTS)
async def test_the_team_hears_that_somebody_is(
    act: str,
    shopper: User,
    seller: User,
    colleague: User,
    other_seller: User,
    stranger: User,
    moderator: User,
    shop: Shop,
    socket_of: Any,
) -> None:
    reading, asking, elsewhere = [await socket_of(one) for one in (seller, shopper, other_seller)]
    for socket in (reading, asking, elsewhere):
        await next_frame(socket, "session.ready")
    person = stranger if act == "joining" else colleague
    by = moderator if act in ("suspended", "restored") else seller
    await sync_to_async(ACTS[act])(shop, person, by)
    assert await next_frame(reading, "members.changed") == {"type": "members.changed"}
    for socket in (asking, elsewhere):
        assert await receives_nothing(socket)


async def test_who_has_left_hears_it_without_the_teams_event(
    colleague: User, shop: Shop, socket_of: Any
) -> None:
    reading = await socket_of(colleague)
    await next_frame(reading, "session.ready")
    await ShopMember.objects.filter(shop=shop, user=colleague).adelete()
    await sync_to_async(announce_access_changed)(colleague.pk)
    assert await next_frame(reading, "members.changed") == {"type": "members.changed"}


async def test_other_changes_of_a_profile_are_not_announced(
    seller: User, colleague: User, socket_of: Any
) -> None:
    reading = await socket_of(seller)
    await next_frame(reading, "session.ready")
    await sync_to_async(change_profile)(colleague, {"name": colleague.name, "language": "es"})
    assert await receives_nothing(reading)
