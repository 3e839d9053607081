"""The other shop's host for messaging."""

from typing import Any, cast

from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest

from messaging.host import MessagingHost, PagePart, Product, ProductCard
from tests.host.people.models import Member
from trato.people import Person
from trato.realtime.sessions import announce_access_changed
from trato.realtime.teams import announce_member_changed

from .models import Item, Partner


class MarketHost(MessagingHost):
    """Everybody may be in a partner's crew; superusers may suspend."""

    shop_name_field = "title"
    shop_slug_field = "handle"
    product_title_field = "label"
    product_slug_field = "handle"
    product_shop_field = "partner"

    def acts_as_seller(self, person: Person) -> bool:
        return True

    def sellers(self) -> QuerySet[Any]:
        return Member.objects.all()

    def may_suspend(self, actor: Person, person: Person) -> bool:
        return actor.is_superuser and actor.pk != person.pk

    @transaction.atomic
    def set_active(self, person_id: int, *, active: bool) -> bool:
        member = Member.objects.select_for_update().get(pk=person_id)
        if member.is_active == active:
            return False
        member.is_active = active
        announce_member_changed(member.pk)
        member.save(update_fields=["is_active"])
        announce_member_changed(member.pk)
        announce_access_changed(member.pk)
        return True

    def active_members(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Partner.crew.through.objects.annotate(
            shop_id=F("partner_id"), user_id=F("member_id")
        )
        return rows.filter(member__is_active=True)

    def before_first_question(self, request: HttpRequest) -> PagePart:
        return PagePart("hint.html", {"name": self.display_name(cast(Person, request.user))})

    def is_available(self, product: Product) -> bool:
        return not cast(Item, product).is_sold

    def product_card(self, product: Product) -> ProductCard:
        item = cast(Item, product)
        return ProductCard(
            title=item.label,
            price=item.cents,
            currency="EUR",
            image_url="",
            url=f"/items/{item.handle}/",
            available=self.is_available(item),
        )

    def format_money(self, amount: int, currency: str) -> str:
        return f"{amount / 100:.2f} {currency}"
