"""Two people change a team at the same time, in a forced order."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, connections, transaction

from accounts.models import User
from catalog import access, invitations, teams
from catalog.factories import TeamInvitationFactory
from catalog.models import Shop, ShopMember, TeamInvitation
from tests.accounts.acts import prove
from tests.locks import wait_until_somebody_waits_for_a_lock
from tests.patience import PATIENCE
from tests.threads import in_threads

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]
OWNER, AGENT = ShopMember.Role.OWNER, ShopMember.Role.AGENT


@pytest.fixture
def partner(shop: Shop, colleague: User) -> User:
    """The colleague, as a second owner."""
    ShopMember.objects.filter(user=colleague).update(role=OWNER)
    return colleague


def while_uncommitted(
    first: Callable[[], object], second: Callable[[], object]
) -> BaseException | None:
    """Run `second` while `first` is not committed yet; return how it ended."""
    ended: list[BaseException | None] = []

    def run() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = 0")  # a busy machine may be slow
            second()
            ended.append(None)
        except (PermissionDenied, ValidationError) as error:
            ended.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        wait_until_somebody_waits_for_a_lock()
    thread.join(PATIENCE)
    return ended[0]


def test_two_owners_who_demote_each_other_leave_one(
    shop: Shop, seller: User, partner: User
) -> None:
    error = while_uncommitted(
        lambda: teams.change_role(seller, shop.pk, partner.pk, AGENT),
        lambda: teams.change_role(partner, shop.pk, seller.pk, AGENT),
    )
    assert isinstance(error, PermissionDenied)
    assert [row.user for row in access.owners(shop.pk)] == [seller]


def test_two_owners_who_remove_each_other_leave_one(
    shop: Shop, seller: User, partner: User
) -> None:
    error = while_uncommitted(
        lambda: teams.remove_member(seller, shop.pk, partner.pk),
        lambda: teams.remove_member(partner, shop.pk, seller.pk),
    )
    assert isinstance(error, PermissionDenied)
    assert [row.user for row in access.owners(shop.pk)] == [seller]


@pytest.mark.parametrize("act", ["leave", "step down"])
def test_of_two_owners_who_go_at_once_one_stays(
    act: str, shop: Shop, seller: User, partner: User
) -> None:
    def go(person: User) -> None:
        if act == "leave":
            teams.leave_shop(person, shop.pk)
        else:
            teams.change_role(person, shop.pk, person.pk, AGENT)

    error = while_uncommitted(lambda: go(seller), lambda: go(partner))
    assert isinstance(error, ValidationError)
    assert [row.user for row in access.owners(shop.pk)] == [partner]


def test_who_is_removed_meanwhile_invites_nobody(shop: Shop, seller: User, partner: User) -> None:
    error = while_uncommitted(
        lambda: teams.remove_member(seller, shop.pk, partner.pk),
        lambda: invitations.invite(partner, shop.pk, "second@example.com", OWNER),
    )
    assert isinstance(error, PermissionDenied)
    assert not TeamInvitation.objects.exists()


def test_an_invitation_that_is_withdrawn_meanwhile_is_not_accepted(
    shop: Shop, seller: User, stranger: User
) -> None:
    prove(stranger)
    invitation = TeamInvitationFactory(shop=shop, email=stranger.email)
    answers: list[Any] = []
    while_uncommitted(
        lambda: invitations.withdraw(seller, invitation.pk),
        lambda: answers.append(invitations.answer(stranger, invitation.pk, accept=True)),
    )
    assert answers == [None]
    assert not ShopMember.objects.filter(user=stranger).exists()


def test_ten_who_accept_at_once_are_one_member(shop: Shop, stranger: User) -> None:
    prove(stranger)
    invitation = TeamInvitationFactory(shop=shop, email=stranger.email)
    answers = in_threads(10, lambda: invitations.answer(stranger, invitation.pk, accept=True))
    assert len([one for one in answers if one]) == 1
    assert ShopMember.objects.filter(user=stranger, shop=shop).count() == 1


def test_ten_clicks_at_once_send_one_mail(shop: Shop, seller: User) -> None:
    key = uuid.uuid4()
    offers = in_threads(
        10, lambda: invitations.invite(seller, shop.pk, "nora@example.com", AGENT, key)
    )
    assert len([offer for offer in offers if offer.token]) == 1
    assert len({offer.invitation.pk for offer in offers}) == 1
