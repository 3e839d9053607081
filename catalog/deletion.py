"""The effects of deleting an account on shops and products."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from trato.deletion import Hindrance, Part

from .models import KeptPicture, Product, ProductImage, Shop, ShopMember, SubmittedForm
from .models import TeamInvitation as Invitation
from .retention import delete_files, delete_shop_picture

OWNER = ShopMember.Role.OWNER


def closing_with(person: Any) -> QuerySet[Shop]:
    """Return the shops that close with an account: its owner has no colleagues there."""
    return _owned(person).filter(~Exists(_others(person)))


def _owned(person: Any) -> QuerySet[Shop]:
    own = ShopMember.objects.filter(shop=OuterRef("pk"), user_id=person.pk, role=OWNER)
    return Shop.objects.filter(Exists(own)).order_by("pk")


def _others(person: Any) -> QuerySet[ShopMember]:
    members = ShopMember.objects.filter(shop=OuterRef("pk"), user__is_active=True)
    return members.exclude(user_id=person.pk)


def _hindrances(person: User) -> list[Hindrance]:
    others = _others(person)
    kept = _owned(person).filter(Exists(others), ~Exists(others.filter(role=OWNER)))
    text = _("You own %(shop)s, and other people work there. Make one of them an owner first.")
    return [
        Hindrance(text % {"shop": shop.name}, reverse("catalog:team"), _("Go to the team"))
        for shop in kept
    ]


def _consequences(person: User) -> list[str]:
    closes = _(
        "%(shop)s closes. Its products disappear; its name stays in shoppers' conversations."
    )
    leaves = _("You leave the team of %(shop)s. What you wrote for the shop stays, in its name.")
    closing = closing_with(person)
    member_of = Shop.objects.filter(memberships__user=person).exclude(pk__in=closing.values("pk"))
    return [
        *(closes % {"shop": shop.name} for shop in closing),
        *(leaves % {"shop": shop.name} for shop in member_of),
    ]


def _lock(person: User) -> None:
    """Lock the person's invitations, so that anybody who is accepting one finishes first."""
    list(_invitations(person).select_for_update().order_by("pk"))


def _invitations(person: User) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        Q(shop__in=_owned(person).values("pk"))
        | Q(invited_by=person)
        | Q(email=person.email.lower())
    )


def _lock_shops(person: User) -> None:
    """Lock the person's shops, so that two owners who delete their accounts take turns."""
    list(_owned(person).select_for_update(no_key=True))


def _erase(person: User) -> None:
    closing = list(closing_with(person).values_list("pk", flat=True))
    now = timezone.now()
    shops = Shop.objects.filter(pk__in=closing, closed_at=None)
    for shop in shops.exclude(picture=""):
        delete_shop_picture(shop)
    shops.update(closed_at=now, description="", city="", picture="")
    goods = Product.objects.filter(shop_id__in=closing)
    list(goods.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    goods.update(published_at=None, description="")
    # Their files are deleted once no conversation shows them.
    ProductImage.objects.filter(product__in=goods).update(removed_at=now, alt="")
    Invitation.objects.filter(
        Q(shop_id__in=closing) | Q(invited_by=person) | Q(email=person.email.lower())
    ).delete()
    ShopMember.objects.filter(user=person).exclude(shop_id__in=closing).delete()
    kept = KeptPicture.objects.filter(owner=person)
    delete_files(kept)
    kept.delete()
    SubmittedForm.objects.filter(user=person).delete()


PART = Part(
    relations={
        "catalog.ShopMember.user": "deleted; the owner of a closed shop stays its owner",
        "catalog.TeamInvitation.invited_by": "deleted",
        "catalog.SubmittedForm.user": "deleted",
        "catalog.KeptPicture.owner": "deleted with the files",
    },
    erase=_erase,
    lock=_lock,
    lock_owned=_lock_shops,
    hindrances=_hindrances,
    consequences=_consequences,
)
