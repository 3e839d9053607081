"""Open shops and change their teams. Invitations are in `invitations`."""

import uuid

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from trato.realtime.sessions import announce_access_changed
from trato.realtime.teams import announce_members_changed

from . import access, submissions, team_news
from .models import NAME_TAKEN, Shop, ShopMember, TeamInvitation
from .slugs import insert_with_slug


@transaction.atomic
def open_shop(actor: User, name: str, key: uuid.UUID | None = None) -> Shop:
    """Open a shop that the actor owns; this turns a shopper's account into a seller's.

    Args:
        key: the form's key, see `submissions`. A repeat returns the first shop.

    Raises:
        PermissionDenied: the account was suspended or deleted meanwhile.
        ValidationError: another shop has the name, or the actor owns too many shops.
    """
    submitted = submissions.claim(actor, key) if key else None
    if key and submitted is None:
        return submissions.made_before(actor, key, Shop.objects).get()
    require_room_for_shop(actor)
    shop = Shop(name=name, time_zone=timezone.get_current_timezone_name())  # the browser's
    try:
        insert_with_slug(shop, name)
    except IntegrityError:  # somebody took the name after the form was validated
        raise ValidationError(NAME_TAKEN, code="taken") from None
    ShopMember.objects.create(shop=shop, user=actor, role=ShopMember.Role.OWNER)
    let_sell(actor)
    if submitted:
        submissions.finish(submitted, shop)
    announce_access_changed(actor.pk)
    return shop


@transaction.atomic
def change_role(actor: User, shop_id: int, user_id: int, role: str) -> None:
    """Make an agent an owner of the shop, or an owner an agent.

    Raises:
        Http404: the person is not on the team.
        PermissionDenied: the actor does not own the shop.
        ValidationError: the shop would have no owner, or the person owns too many shops.
    """
    require_owner(actor, shop_id)
    members = ShopMember.objects.filter(shop_id=shop_id, user_id=user_id)
    if get_object_or_404(members).role == role:
        return
    is_promoted = role == ShopMember.Role.OWNER
    if not is_promoted:
        _drop_invitations_by(user_id, shop_id)
    elif not has_room_for_shop(user_id):
        raise ValidationError(_("This person already owns as many shops as one can."))
    lock_as_owner(actor, shop_id)
    if not is_promoted:
        _require_another_owner(shop_id, user_id)
    if members.update(role=role):
        announce_access_changed(user_id)
        if user_id != actor.pk:
            team_news.notify_of_role(user_id, Shop.objects.get(pk=shop_id), role)


@transaction.atomic
def remove_member(actor: User, shop_id: int, user_id: int) -> None:
    """Remove a person from the shop's team; their open tabs lose access immediately.

    Raises PermissionDenied if the actor does not own the shop, or is the person to remove.
    """
    require_owner(actor, shop_id)
    if actor.pk == user_id:
        raise PermissionDenied
    _drop_invitations_by(user_id, shop_id)
    lock_as_owner(actor, shop_id)
    if _end_membership(ShopMember.objects.filter(shop_id=shop_id, user_id=user_id)):
        team_news.notify_of_removal(user_id, Shop.objects.get(pk=shop_id))


@transaction.atomic
def leave_shop(actor: User, shop_id: int) -> None:
    """Leave a shop's team. Raises ValidationError for the only owner."""
    _drop_invitations_by(actor.pk, shop_id)
    _lock(shop_id)
    own = ShopMember.objects.filter(shop_id=shop_id, user=actor)
    if own.filter(role=ShopMember.Role.OWNER).exists():
        _require_another_owner(shop_id, actor.pk)
    _end_membership(own)


def has_room_for_shop(user_id: int) -> bool:
    """Lock a person and return whether they may own another shop."""
    _lock_person(user_id)
    return _owns_few(user_id)


def require_room_for_shop(actor: User) -> None:
    """Lock a person who is about to own another shop.

    Raises:
        PermissionDenied: the account was suspended or deleted meanwhile.
        ValidationError: they already own as many shops as a person may.
    """
    if not _lock_person(actor.pk).is_active:
        raise PermissionDenied(f"person {actor.pk} is not active")  # only for the log
    if not _owns_few(actor.pk):
        raise ValidationError(
            _("You already have %(count)d shops, the most you can have.")
            % {"count": settings.SHOPS_PER_PERSON}
        )


def require_owner(actor: User, shop_id: int) -> None:
    """Raise PermissionDenied if the actor does not own the shop."""
    if not access.is_owner(actor, shop_id):
        raise PermissionDenied(f"owner of shop {shop_id}")  # only for the log


def lock_as_owner(actor: User, shop_id: int) -> None:
    """Lock a shop, so that changes to its team take turns; the actor must still be an owner."""
    _lock(shop_id)
    require_owner(actor, shop_id)


def lock_for_joining(shop_id: int) -> None:
    """Lock a shop whose team is about to grow. Raises ValidationError if the team is full."""
    _lock(shop_id)
    if ShopMember.objects.filter(shop_id=shop_id).count() >= settings.SHOP_MEMBERS_MAX:
        raise ValidationError(
            _("This team already has %(count)d people, the most a shop can have.")
            % {"count": settings.SHOP_MEMBERS_MAX}
        )


def let_sell(person: User) -> None:
    """Turn a shopper's account into a seller's."""
    if not person.is_seller:
        person.role = User.Role.SELLER
        person.save(update_fields=["role"])


def _lock_person(user_id: int) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user_id)  # so that changes take turns


def _owns_few(user_id: int) -> bool:
    owned = ShopMember.objects.filter(user_id=user_id, role=ShopMember.Role.OWNER)
    return bool(owned.count() < settings.SHOPS_PER_PERSON)


def _lock(shop_id: int) -> None:
    Shop.objects.select_for_update(no_key=True).filter(pk=shop_id).first()


def _require_another_owner(shop_id: int, user_id: int) -> None:
    if not access.owners(shop_id).exclude(user_id=user_id).exists():
        raise ValidationError(_("A shop needs an owner. Make somebody else an owner first."))


def _drop_invitations_by(user_id: int, shop_id: int) -> None:
    """Withdraw the invitations sent by somebody who loses their rights, even to themselves.

    Call this before the shop is locked: docs/decisions/0013-lock-order.md.
    """
    TeamInvitation.objects.filter(shop_id=shop_id, invited_by=user_id).delete()


def _end_membership(rows: QuerySet[ShopMember]) -> int:
    """Delete memberships; return how many there were."""
    ended = list(rows)
    for row in ended:
        row.delete()
        announce_access_changed(row.user_id)
    announce_members_changed({row.shop_id for row in ended})
    return len(ended)
