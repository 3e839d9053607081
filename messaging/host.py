"""All that messaging asks of the shop around it.

Three settings describe that shop: `MESSAGING_PRODUCT_MODEL` and `MESSAGING_SHOP_MODEL` name models
("app.Model") with integer keys, `MESSAGING_HOST` a subclass of `MessagingHost`, by its dotted path.
What is asked of people is in `trato.people`. The rest of the package uses the one
object `host`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias, cast, final

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string

from trato import people
from trato.listed import listed
from trato.people import Person
from trato.prepared import prepared

Product: TypeAlias = models.Model  # of MESSAGING_PRODUCT_MODEL
Shop: TypeAlias = models.Model  # of MESSAGING_SHOP_MODEL


class HostForeignKey(models.ForeignKey[Any, Any]):
    """A foreign key to a model of the shop. Migrations name the setting, not the model."""

    @property
    def swappable_setting(self) -> str | None:
        names = ("MESSAGING_PRODUCT_MODEL", "MESSAGING_SHOP_MODEL")
        to = self.remote_field.model
        label = to if isinstance(to, str) else to._meta.label
        same = (name for name in names if getattr(settings, name).lower() == label.lower())
        return next(same, None)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs


@dataclass(frozen=True)
class ProductCard:
    """What a thread shows of a product, now or as it stood when asked.

    Args:
        price: in minor units of the currency: 1250 is 12.50 EUR and 1250 JPY.
        currency: ISO 4217.
        image_url: of its first picture; empty if it has none.
        url: of its page.
        available: see `MessagingHost.is_available`.
    """

    title: str
    price: int
    currency: str
    image_url: str
    url: str
    available: bool

    @property
    def price_text(self) -> str:
        """The price as the reader's language writes it."""
        return host.format_money(self.price, self.currency)


class MessagingHost(ABC):
    """What a shop tells messaging. A subclass says what is abstract, and what is named otherwise.

    Its methods run where a query may be made, unless they say that they make none.
    """

    # -- What fields are called -----------------------------------------------------------------
    # Columns of the two models themselves: searches, lists and statements join them.

    shop_name_field = "name"
    shop_slug_field = "slug"  # the slug in `/shops/<slug>/contact/`
    product_title_field = "title"
    product_slug_field = "slug"  # the slug in `/products/<slug>/contact/`
    product_shop_field = "shop"  # the foreign key to the shop that sells it

    # -- People ---------------------------------------------------------------------------------

    # What the group "Moderators" may do beside messaging's own, as `app_label.codename`.
    moderator_permissions: tuple[str, ...] = ()

    def display_name(self, person: Person) -> str:
        """How the other side sees a person. Reads `PERSON_NAME_FIELD` and makes no query."""
        return people.display_name(person)

    def short_name(self, person: Person) -> str:
        """How colleagues see a person in a list. Makes no query."""
        return self.display_name(person).partition(" ")[0]

    @abstractmethod
    def acts_as_seller(self, person: Person) -> bool:
        """Whether a person may work for shops at all; asked for every socket, makes no query.

        For anybody else `active_members` is not even looked at.
        """

    @abstractmethod
    def may_suspend(self, actor: Person, person: Person) -> bool:
        """Whether somebody of the staff may suspend or restore a person."""

    @abstractmethod
    def suspend(self, actor: Person, person_id: int, reason: str) -> object:
        """Close an account: clear its `is_active`, write it to the audit trail, and call
        `trato.realtime.sessions.announce_access_changed`, all in one transaction.

        Raises:
            trato.errors.AlreadyDone: it is suspended.
            PermissionDenied: see `may_suspend`.
            ValidationError: there is no reason given.
        """

    @abstractmethod
    def restore(self, actor: Person, person_id: int, reason: str) -> object:
        """Open a suspended account again. Raises as `suspend` does."""

    # -- Shops ----------------------------------------------------------------------------------

    @abstractmethod
    def active_members(self) -> "models.QuerySet[Any]":
        """Who works for which shop right now: the one predicate for it, in Python and in SQL.

        Returns:
            Rows with the columns `shop_id` and `user_id`, fields of the model or annotations by
            `F`. Somebody who may not act for the shop, such as a suspended person, has no row.
        """

    def shop_name(self, shop: Shop) -> str:
        """The shop's name, as its column has it. Makes no query."""
        return str(getattr(shop, self.shop_name_field))

    def shop_url(self, shop: Shop) -> str:
        """The address of the shop's page."""
        return str(cast(Any, shop).get_absolute_url())

    def browse_url(self) -> str:
        """Where somebody without any conversation finds products to ask about."""
        return "/"

    # -- Products -------------------------------------------------------------------------------

    @abstractmethod
    def is_available(self, product: Product) -> bool:
        """Whether shoppers can see a product and ask about it. Makes no query."""

    @abstractmethod
    def product_card(self, product: Product) -> ProductCard:
        """A product as it stands now."""

    @abstractmethod
    def format_money(self, amount: int, currency: str) -> str:
        """An amount in minor units of a currency (ISO 4217) as the reader's language writes it."""

    # -- What follows from the above ------------------------------------------------------------

    @final
    def find_product(self, slug: str) -> Product | None:
        """A product with its shop, also one that shoppers can't see (any more)."""
        rows = product_model()._default_manager.select_related(self.product_shop_field)
        return rows.filter((self.product_slug_field, slug)).first()

    @final
    def find_shop(self, slug: str) -> Shop | None:
        """A shop by its address."""
        return shop_model()._default_manager.filter((self.shop_slug_field, slug)).first()

    @final
    def shop_of(self, product: Product) -> Shop:
        """The shop that sells a product."""
        return cast(Shop, getattr(product, self.product_shop_field))

    @final
    def is_member(self, user_id: int | None, shop_id: int) -> bool:
        """Whether a person works for a shop right now."""
        return self.active_members().filter(shop_id=shop_id, user_id=user_id).exists()

    @final
    def members_of(self, shop_id: int) -> list[int]:
        """The ids of the people who work for a shop right now."""
        rows = self.active_members().filter(shop_id=shop_id).order_by()
        return list(rows.values_list("user_id", flat=True))

    @final
    def shops_of(self, user_ids: Iterable[int]) -> dict[int, list[int]]:
        """The ids of the shops that each of some people works for right now, in one query."""
        shops: dict[int, list[int]] = {user_id: [] for user_id in user_ids}
        if len(shops) == 1:  # as for each page
            return {user_id: _shops_of(user_id) for user_id in shops}
        rows = self.active_members().filter(user_id__in=listed(shops)).order_by()
        for shop_id, user_id in rows.values_list("shop_id", "user_id"):
            shops[user_id].append(shop_id)
        return shops

    @final
    def members_sql(self) -> tuple[str, tuple[Any, ...]]:
        """`active_members` as a SELECT of shop and person, with its parameters."""
        rows = self.active_members().order_by().values_list("shop_id", "user_id")
        return rows.query.sql_with_params()

    @final
    def shop_names_sql(self) -> tuple[str, tuple[Any, ...]]:
        """A SELECT of all shops' keys and names, with its parameters."""
        rows = shop_model()._default_manager.order_by().values_list("pk", self.shop_name_field)
        return rows.query.sql_with_params()


@cache
def product_model() -> type[models.Model]:
    return apps.get_model(settings.MESSAGING_PRODUCT_MODEL)


@cache
def shop_model() -> type[models.Model]:
    return apps.get_model(settings.MESSAGING_SHOP_MODEL)


@cache
def _host() -> MessagingHost:
    return cast(MessagingHost, import_string(settings.MESSAGING_HOST)())


class _Lazy:
    """The host, made when it is first used: its module imports models. Every send asks it."""

    def __getattr__(self, name: str) -> Any:
        value = getattr(_host(), name)
        setattr(self, name, value)  # from now on found without asking here
        return value


host: MessagingHost = cast(MessagingHost, _Lazy())


@prepared
def _shops_of(user_id: int) -> "models.QuerySet[Any, int]":
    members = host.active_members().filter(user_id=user_id)
    return members.order_by().values_list("shop_id", flat=True)


def active_members() -> "models.QuerySet[Any]":
    """The teams that notifications ask for, see `TEAM_MEMBERSHIPS`."""
    return host.active_members()
