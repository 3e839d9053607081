"""Create, renew, withdraw and answer invitations to a shop's team.

An invitation is for an email address, and only an account that has confirmed it can answer. The
link in the email holds a token. We store only the token's hash, so each email gets a new token.
"""

import secrets
import uuid
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from trato import rate_limits
from trato.realtime.sessions import announce_access_changed
from trato.realtime.teams import announce_members_changed

from . import access, submissions, team_news, teams
from .models import Shop, ShopMember, TeamInvitation, invitation_expiry

TOKEN_BYTES = 32
Role = ShopMember.Role


class Offer(NamedTuple):
    """An invitation, and the token for its email; no token if the email has already been sent."""

    invitation: TeamInvitation | None
    token: str


@rate_limits.given_back_on_failure
@transaction.atomic
def invite(
    actor: User, shop_id: int, email: str, role: str = Role.AGENT, key: uuid.UUID | None = None
) -> Offer:
    """Invite somebody to the shop's team, without revealing whether the address has an account.

    Args:
        key: the form's key, see `submissions`. A repeat sends no second email.

    Raises:
        PermissionDenied: the actor does not own the shop.
        Refused: too many invitation emails today.
        ValidationError: the address is already on the team or invited, the team is complete, or
            too many people have not answered.
    """
    teams.require_owner(actor, shop_id)
    submitted = submissions.claim(actor, key) if key else None
    if key and submitted is None:
        return _sent_before(actor, key)
    email = email.lower()
    same = TeamInvitation.objects.filter(shop_id=shop_id, email=email)
    expired = same.select_for_update().filter(expires_at__lte=timezone.now()).first()
    teams.lock_as_owner(actor, shop_id)
    if ShopMember.objects.filter(shop_id=shop_id, user__email__iexact=email).exists():
        # The team's addresses are no secret to the shop's owner.
        raise ValidationError(_("This person is already on the team."))
    if expired is None and same.exists():
        raise ValidationError(_("This address has an invitation. You can send it again."))
    invited = TeamInvitation.objects.filter(shop_id=shop_id).count()
    if invited >= settings.SHOP_INVITATIONS_MAX:
        raise ValidationError(_("Too many invitations have no answer yet. Withdraw one."))
    members = ShopMember.objects.filter(shop_id=shop_id).count()
    if members + invited - (expired is not None) >= settings.SHOP_MEMBERS_MAX:
        raise ValidationError(
            _("A team can have %(count)d people, with those who are invited.")
            % {"count": settings.SHOP_MEMBERS_MAX}
        )
    invitation = expired or TeamInvitation(shop_id=shop_id, email=email)
    invitation.role = role
    token = _renew(invitation, actor)
    if submitted:
        submissions.finish(submitted, invitation)
    return Offer(invitation, token)


@rate_limits.given_back_on_failure
@transaction.atomic
def invite_again(actor: User, invitation_id: int, key: uuid.UUID | None = None) -> Offer:
    """Renew an invitation: its old link stops working, and it expires later.

    Args:
        key: the form's key. A repeat sends no second email.

    Returns:
        An offer without an invitation if somebody has answered or withdrawn it.

    Raises:
        PermissionDenied: the actor does not own the shop.
        Refused: too many invitation emails today.
    """
    rows = TeamInvitation.objects.filter(pk=invitation_id)
    for shop_id in rows.values_list("shop_id", flat=True):
        teams.require_owner(actor, shop_id)
    submitted = submissions.claim(actor, key) if key else None
    if key and submitted is None:
        return _sent_before(actor, key)
    invitation = rows.select_for_update().first()
    if invitation is None:
        submissions.give_up(submitted)
        return Offer(None, "")
    teams.lock_as_owner(actor, invitation.shop_id)
    token = _renew(invitation, actor)
    if submitted:
        submissions.finish(submitted, invitation)
    return Offer(invitation, token)


def note_mailed(offer: Offer) -> None:
    """Record that the email is on its way, unless there is a newer one."""
    rows = TeamInvitation.objects.filter(token_hash=access.hash_of(offer.token))
    rows.update(mailed_at=timezone.now())


def note_not_mailed(invitation: TeamInvitation) -> None:
    """Don't count an email that the mail server has not accepted."""
    for limit, who in _limits(invitation):
        rate_limits.give_back(limit, who)


@transaction.atomic
def withdraw(actor: User, invitation_id: int) -> bool:
    """Withdraw an invitation.

    Returns:
        Whether it was still open: nobody had answered or withdrawn it.

    Raises:
        PermissionDenied: the actor does not own the shop.
    """
    invitation = TeamInvitation.objects.select_for_update().filter(pk=invitation_id).first()
    if invitation is None:
        return False
    teams.require_owner(actor, invitation.shop_id)
    invitation.delete()
    return True


@transaction.atomic
def answer(
    actor: User, invitation_id: int, *, accept: bool, key: uuid.UUID | None = None
) -> Shop | None:
    """Accept or decline an invitation to a team; return None if it is no longer open.

    Accepting turns a shopper's account into a seller's.

    Args:
        key: the form's key. A repeat returns the same shop.

    Raises:
        ValidationError: the actor would own too many shops, or the team is complete.
    """
    submitted = submissions.claim(actor, key) if key else None
    if key and submitted is None:
        return submissions.made_before(actor, key, Shop.objects).first()
    invitation = (
        access.invitations_for(actor)
        .select_for_update(of=("self",))
        .filter(pk=invitation_id)
        .first()
    )
    if invitation is None:
        submissions.give_up(submitted)
        return None
    if accept:
        if invitation.role == Role.OWNER:
            teams.require_room_for_shop(actor)
        teams.let_sell(actor)
        teams.lock_for_joining(invitation.shop_id)
        _member, is_new = ShopMember.objects.get_or_create(
            shop_id=invitation.shop_id, user=actor, defaults={"role": invitation.role}
        )
        announce_access_changed(actor.pk)
        if is_new:
            announce_members_changed([invitation.shop_id])
            team_news.notify_of_joining(actor, invitation.shop)
    invitation.delete()
    if submitted:
        submissions.finish(submitted, invitation.shop)
    return invitation.shop


def _renew(invitation: TeamInvitation, actor: User) -> str:
    """Save an invitation with a new token, count the email, and return the token."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation.invited_by = actor
    for limit, who in _limits(invitation):
        rate_limits.hit(limit, who)
    invitation.token_hash = access.hash_of(token)
    invitation.expires_at = invitation_expiry()
    invitation.mailed_at = None
    invitation.save()
    return token


def _limits(invitation: TeamInvitation) -> list[tuple[str, int | str]]:
    return [
        ("INVITATION_MAILS_PER_DAY_AND_PERSON", invitation.invited_by_id),
        ("INVITATION_MAILS_PER_DAY_AND_SHOP", invitation.shop_id),
        ("INVITATION_MAILS_PER_DAY_AND_ADDRESS", access.hash_of(invitation.email)),
    ]


def _sent_before(actor: User, key: uuid.UUID) -> Offer:
    return Offer(submissions.made_before(actor, key, TeamInvitation.objects).first(), "")
