"""This shop's host for messaging."""

from collections.abc import Mapping
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from accounts import actions, second_factor, throttle
from accounts.models import User
from messaging.host import MessagingHost, PagePart, Product, ProductCard, Shop
from messaging.host_moderation import View
from trato.people import Person

from . import access, deletion, first_steps, hiding, models, money


class CatalogHost(MessagingHost):
    """Shops and their members; only accounts with the seller role act for a shop."""

    person_picture_field = shop_picture_field = "picture"
    person_language_field = "language"
    product_category_field = "category__slug"
    moderator_permissions = ("accounts.suspend_user", "catalog.hide_product")

    def acts_as_seller(self, person: Person) -> bool:
        return cast(User, person).is_seller

    def sellers(self) -> QuerySet[Any]:
        return User.objects.filter(role=User.Role.SELLER)

    def may_suspend(self, actor: Person, person: Person) -> bool:
        return actions.may_switch(actor, cast(User, person))

    def set_active(self, person_id: int, *, active: bool) -> bool:
        return actions.set_active(person_id, active=active)

    def active_members(self) -> QuerySet[Any]:
        return models.ShopMember.objects.filter(user__role=User.Role.SELLER, user__is_active=True)

    def managers_of(self, shop_id: int) -> list[int]:
        """Return the shop's active owners."""
        owners = self.active_members().filter(shop_id=shop_id, role=models.ShopMember.Role.OWNER)
        return list(owners.order_by("pk").values_list("user_id", flat=True))

    def owners_of(self, shop_id: int) -> list[int]:
        rows = models.ShopMember.objects.filter(shop=shop_id, role=models.ShopMember.Role.OWNER)
        return list(rows.order_by("pk").values_list("user_id", flat=True))

    def shop_time_zone(self, shop: Shop) -> str:
        return cast(models.Shop, shop).time_zone

    def find_shop(self, slug: str) -> models.Shop | None:
        """Find a shop by a former slug too: a page may have been loaded before it changed."""
        shops = models.Shop.objects.filter(closed_at=None)
        shop = shops.filter(slug=slug).first()
        return shop or shops.filter(former_slugs__slug=slug).first()

    def shops_closing_with(self, person: Person) -> list[int]:
        return [shop.pk for shop in deletion.closing_with(person)]

    def keep_open(self, shop_id: int) -> bool:
        return access.keep_open(shop_id)

    def browse_url(self) -> str:
        return reverse("catalog:products")

    def before_first_question(self, request: HttpRequest) -> PagePart | None:
        back = reverse("messaging:conversation_list")
        data = first_steps.shown(request, cast(User, request.user), back=back)
        return PagePart("catalog/_first_steps.html", data) if data else None

    def is_sold_out(self, product: Product) -> bool:
        return cast(models.Product, product).stock == 0

    def stock_of(self, product: Product) -> int:
        return cast(models.Product, product).stock

    def is_available(self, product: Product) -> bool:
        return cast(models.Product, product).is_published

    def may_hide_product(self, actor: Person) -> bool:
        return hiding.may_hide(actor)

    def set_hidden(self, product_id: int, *, hidden: bool) -> bool:
        return hiding.set_hidden(product_id, hidden=hidden)

    def is_hidden(self, product: Product) -> bool:
        return cast(models.Product, product).is_hidden

    def product_url(self, product: Product) -> str:
        return cast(models.Product, product).get_absolute_url()

    def staff_sessions(self, people: Mapping[str, Person]) -> set[str]:
        return second_factor.proven_sessions(cast("Mapping[str, User]", people))

    def confirmed(self, view: View) -> View:
        confirmed: View = reauthentication_required(app="allauth.account", allow_get=False)(view)
        return confirmed

    def may_mail_stranger(self, request: HttpRequest) -> bool:
        return throttle.take_stranger_mail(request)

    def product_card(self, product: Product) -> ProductCard:
        row = cast(models.Product, product)
        return ProductCard(
            title=row.title,
            price=row.price,
            currency=row.currency,
            image_url=row.image_url,
            url=row.get_absolute_url(),
            available=self.is_available(row),
        )

    def format_money(self, amount: int, currency: str) -> str:
        return money.format_price(amount, currency)
