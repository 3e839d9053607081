"""The other shop's host for messaging."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest

from messaging.host import MessagingHost, PagePart, Product, ProductCard
from tests.host.people.models import Member
from trato.audit.actions import record, require_reason
from trato.errors import AlreadyDone
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

    def may_suspend(self, actor: Person, person: Person) -> bool:
        return actor.is_superuser and actor.pk != person.pk

    def suspend(self, actor: Person, person_id: int, reason: str) -> Member:
        return self._switch(actor, person_id, reason, active=False)

    def restore(self, actor: Person, person_id: int, reason: str) -> Member:
        return self._switch(actor, person_id, reason, active=True)

    @transaction.atomic
    def _switch(self, actor: Person, person_id: int, reason: str, *, active: bool) -> Member:
        member = Member.objects.select_for_update().get(pk=person_id)
        if not self.may_suspend(actor, member):
            raise PermissionDenied
        if member.is_active == active:
            raise AlreadyDone(f"{member} is {'active' if active else 'suspended'}.")
        member.is_active = active
        announce_member_changed(member.pk)
        member.save(update_fields=["is_active"])
        announce_member_changed(member.pk)
        verb = "restored" if active else "suspended"
        record(actor, f"member.{verb}", f"member:{member.pk}", require_reason(reason))
        announce_access_changed(member.pk)
        return member

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
