"""A person's shops and products, but not what others on a team did there."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from trato.personal_data import Part, StoredCopy, Table
from trato.stored_files.actions import DEFAULT

from .models import KeptPicture, Product, ProductImage, Shop, ShopMember, TeamInvitation


def _own_shops(person: Any) -> QuerySet[Shop]:
    owned = ShopMember.objects.filter(user_id=person.pk, role=ShopMember.Role.OWNER)
    return Shop.objects.filter(pk__in=owned.values("shop"))


def _products(person: Any) -> QuerySet[Product]:
    rows = Product.objects.filter(shop__in=_own_shops(person))
    return rows.select_related("shop", "category")


def _pictures(person: Any) -> QuerySet[ProductImage]:
    rows = ProductImage.objects.filter(product__in=_products(person), removed_at=None)
    return rows.select_related("product")


def _stored(name: Any) -> list[StoredCopy]:
    return [StoredCopy(DEFAULT, str(name), str(name))] if name else []


PART = Part(
    tables=(
        Table(
            "shop_memberships",
            _("Shops where you work"),
            lambda person: ShopMember.objects.filter(user_id=person.pk).select_related("shop"),
            ("shop.name", "role", "created_at"),
        ),
        Table(
            "shops",
            _("Your shops"),
            _own_shops,
            ("name", "slug", "description", "city", "time_zone", "is_verified", "created_at"),
            lambda shop: _stored(shop.picture.name),
        ),
        Table(
            "products",
            _("Your products"),
            _products,
            (
                "shop.name",
                "title",
                "category.name",
                "description",
                "price",
                "currency",
                "stock",
                "published_at",
                "created_at",
                "updated_at",
            ),
        ),
        Table(
            "product_pictures",
            _("Pictures of your products"),
            _pictures,
            ("product.title", "position", "alt"),
            lambda picture: _stored(picture.file.name),
        ),
        Table(
            "unfinished_pictures",
            _("Pictures of products that you haven't saved"),
            lambda person: KeptPicture.objects.filter(owner_id=person.pk),
            ("created_at",),
            lambda picture: _stored(picture.file.name),
        ),
        Table(
            "invitations",
            _("People whom you have invited to a team"),
            lambda person: TeamInvitation.objects.filter(invited_by_id=person.pk).select_related(
                "shop"
            ),
            ("shop.name", "email", "role", "created_at", "expires_at"),
        ),
    ),
    relations={
        "catalog.ShopMember.user": "shop_memberships",
        "catalog.TeamInvitation.invited_by": "invitations",
        "catalog.SubmittedForm.user": "left out: only the keys of forms",
        "catalog.KeptPicture.owner": "unfinished_pictures",
    },
)
