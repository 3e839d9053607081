"""What people do with shops and teams."""

import uuid

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from trato.realtime.sessions import announce_access_changed

from . import access, submissions
from .models import NAME_TAKEN, Shop, ShopMember, TeamInvitation
from .slugs import insert_with_slug


@transaction.atomic
def open_shop(actor: User, name: str, key: uuid.UUID | None = None) -> Shop:
    """Open a shop that the actor owns; this makes a shopper's account a seller's.

    Args:
        key: the form's key, see `submissions`. A repeat returns the first shop.

    Raises:
        ValidationError: another shop has the name, or the actor owns too many shops.
    """
    submitted = submissions.claim(actor, key) if key else None
    if key and submitted is None:
        return submissions.made_before(actor, key, Shop.objects).get()
    _require_room_for_shop(actor)
    shop = Shop(name=name)
    try:
        insert_with_slug(shop, name)
    except IntegrityError:  # somebody took the name after the form was validated
        raise ValidationError(NAME_TAKEN, code="taken") from None
    ShopMember.objects.create(shop=shop, user=actor, role=ShopMember.Role.OWNER)
    _let_sell(actor)
    if submitted:
        submissions.finish(submitted, shop)
    announce_access_changed(actor.pk)
    return shop


@transaction.atomic
def invite(actor: User, shop_id: int, email: str) -> None:
    """Invite somebody to the shop's team, without revealing whether the address has an account.

    Raises:
        PermissionDenied: the actor does not own the shop.
        ValidationError: the shop has too many unanswered invitations.
    """
    _require_owner(actor, shop_id)
    Shop.objects.select_for_update(no_key=True).get(pk=shop_id)
    email = email.lower()
    if TeamInvitation.objects.filter(shop_id=shop_id, email=email).exists():
        return
    if ShopMember.objects.filter(shop_id=shop_id, user__email__iexact=email).exists():
        return  # the team's addresses are no secret to the shop's owner
    if TeamInvitation.objects.filter(shop_id=shop_id).count() >= settings.SHOP_INVITATIONS_MAX:
        raise ValidationError(_("Too many invitations have no answer yet. Withdraw one."))
    TeamInvitation.objects.create(shop_id=shop_id, email=email, invited_by=actor)


@transaction.atomic
def take_back_invitation(actor: User, invitation_id: int) -> None:
    """Withdraw an invitation. Raises PermissionDenied if the actor does not own the shop."""
    invitation = TeamInvitation.objects.filter(pk=invitation_id).first()
    if invitation is not None:
        _require_owner(actor, invitation.shop_id)
        invitation.delete()


@transaction.atomic
def answer_invitation(actor: User, invitation_id: int, *, accept: bool) -> Shop | None:
    """Accept or decline an invitation to a team; return None if it was withdrawn.

    An account that only shopped may sell from now on.
    """
    invitation = (
        access.invitations_for(actor)
        .select_for_update(of=("self",))
        .filter(pk=invitation_id)
        .first()
    )
    if invitation is None:
        return None
    if accept:
        ShopMember.objects.get_or_create(shop_id=invitation.shop_id, user=actor)
        _let_sell(actor)
        announce_access_changed(actor.pk)
    invitation.delete()
    return invitation.shop


@transaction.atomic
def remove_member(actor: User, shop_id: int, user_id: int) -> None:
    """Remove a person from the shop's team; their open tabs lose access immediately.

    Raises PermissionDenied if the actor does not own the shop, or is the person.
    """
    _require_owner(actor, shop_id)
    if actor.pk == user_id:
        raise PermissionDenied
    _end_membership(ShopMember.objects.filter(shop_id=shop_id, user_id=user_id))


@transaction.atomic
def leave_shop(actor: User, shop_id: int) -> None:
    """Leave a shop's team. Raises PermissionDenied for the shop's owner."""
    own = ShopMember.objects.filter(shop_id=shop_id, user=actor)
    if own.filter(role=ShopMember.Role.OWNER).exists():
        raise PermissionDenied
    _end_membership(own)


def _require_room_for_shop(actor: User) -> None:
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)  # so that changes take turns
    owned = ShopMember.objects.filter(user=actor, role=ShopMember.Role.OWNER)
    if owned.count() >= settings.SHOPS_PER_PERSON:
        raise ValidationError(
            _("You already have %(count)d shops, the most you can have.")
            % {"count": settings.SHOPS_PER_PERSON}
        )


def _require_owner(actor: User, shop_id: int) -> None:
    if not ShopMember.objects.filter(
        shop_id=shop_id, user=actor, role=ShopMember.Role.OWNER, user__is_active=True
    ).exists():
        raise PermissionDenied(f"owner of shop {shop_id}")  # only for the log


def _let_sell(person: User) -> None:
    if not person.is_seller:
        person.role = User.Role.SELLER
        person.save(update_fields=["role"])


def _end_membership(rows: QuerySet[ShopMember]) -> None:
    for row in rows:
        row.delete()
        announce_access_changed(row.user_id)
