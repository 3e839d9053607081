"""Shops and products for staff."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from trato.admin.bases import KeptAdmin, ReadOnlyAdmin, StaffAdmin
from trato.admin.filters import Happened

from . import shops
from .models import Category, FormerSlug, Product, ProductImage, Shop, ShopMember, TeamInvitation


class ShopMemberInline(ReadOnlyAdmin, admin.TabularInline[ShopMember, Shop]):
    """The shop's team. Owners change it on the shop's page, which also updates open tabs."""

    model = ShopMember
    fields = readonly_fields = ("user", "role", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShopMember]:
        return super().get_queryset(request).select_related("user")


class TeamInvitationInline(ReadOnlyAdmin, admin.TabularInline[TeamInvitation, Shop]):
    """Invitations to the shop's team."""

    model = TeamInvitation
    fields = readonly_fields = ("email", "role", "invited_by", "created_at", "expires_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TeamInvitation]:
        return super().get_queryset(request).select_related("invited_by")


class FormerSlugInline(ReadOnlyAdmin, admin.TabularInline[FormerSlug, Shop]):
    """The shop's earlier slugs, which still lead to it."""

    model = FormerSlug
    fields = readonly_fields = ("slug", "created_at")


class ProductImageInline(ReadOnlyAdmin, admin.TabularInline[ProductImage, Product]):
    """Pictures. New ones are uploaded with the seller's form, which re-encodes them."""

    model = ProductImage
    fields = ("file", "alt", "position")


@admin.register(Shop)
class ShopAdmin(KeptAdmin, StaffAdmin[Shop]):
    """Shops. Sellers open them; a shop with conversations can't be deleted."""

    list_display = ("name", "city", "people", "goods", "created_at")
    list_filter = ("created_at",)
    search_fields = ("name", "city", "members__email", "members__name")
    shown_of_others = ("members__name",)
    date_hierarchy = "created_at"
    ordering = ("name", "pk")
    fields = ("name", "slug", "is_verified", "city", "time_zone", "description", "created_at")
    readonly_fields = ("created_at",)
    inlines = (ShopMemberInline, TeamInvitationInline, FormerSlugInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Shop]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                people=Count("memberships", distinct=True), goods=Count("products", distinct=True)
            )
        )

    def save_model(self, request: HttpRequest, obj: Shop, form: Any, change: bool) -> None:
        """Save a shop; its former URL still leads to it."""
        if change and "slug" in form.changed_data:
            shops.keep_leading_here(obj, form.initial["slug"])
        super().save_model(request, obj, form, change)

    @admin.display(description=_("people"), ordering="people")
    def people(self, shop: Any) -> int:
        return int(shop.people)

    @admin.display(description=_("products"), ordering="goods")
    def goods(self, shop: Any) -> int:
        return int(shop.goods)


@admin.register(Category)
class CategoryAdmin(StaffAdmin[Category]):
    list_display = ("name", "name_es", "slug")
    search_fields = ("name", "name_es")
    ordering = ("name", "pk")
    prepopulated_fields: ClassVar[dict[str, Sequence[str]]] = {"slug": ("name",)}


@admin.register(Product)
class ProductAdmin(KeptAdmin, StaffAdmin[Product]):
    """Products. Sellers create them; a product without a publication time is a draft."""

    list_display = ("title", "shop", "category", "shown_price", "stock", "published_at")
    list_filter = (
        ("published_at", Happened), "category", "currency", "created_at",
    )  # fmt: skip
    list_select_related = ("shop", "category")
    search_fields = ("title", "shop__name")
    shown_of_others = ("shop__name",)
    date_hierarchy = "created_at"
    autocomplete_fields = ("shop", "category")
    readonly_fields = ("created_at", "hidden_at")
    inlines = (ProductImageInline,)

    @admin.display(description=_("price"), ordering="price")
    def shown_price(self, product: Product) -> str:
        return product.price_text
