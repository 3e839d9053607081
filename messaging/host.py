"""Everything that messaging needs from the shop around it.

Three settings describe that shop: `MESSAGING_PRODUCT_MODEL` and `MESSAGING_SHOP_MODEL` name models
("app.Model") with integer keys, `MESSAGING_HOST` a subclass of `MessagingHost`, by its dotted path.
`trato.people` says what the user model needs. The rest of the package uses the one object `host`.
"""

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias, cast, final

from django.apps import apps
from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.module_loading import import_string

from trato import people
from trato.array_parameters import listed
from trato.people import Person
from trato.prepared import prepared

from .host_moderation import SafetyHost

Product: TypeAlias = models.Model  # of MESSAGING_PRODUCT_MODEL
Shop: TypeAlias = models.Model  # of MESSAGING_SHOP_MODEL


@dataclass(frozen=True)
class ProductCard:
    """A product as a thread shows it, either now or at the time of the question.

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
        """The price, formatted in the reader's language."""
        return host.format_money(self.price, self.currency)


@dataclass(frozen=True)
class PagePart:
    """A part of a page: a template, and the value of `data` in it."""

    template: str
    data: Any


class MessagingHost(SafetyHost):
    """The shop, as messaging sees it.

    A subclass implements the abstract methods, and overrides names that differ. Methods may query
    the database, unless their docstring says that they make no query.
    """

    # -- Names of fields ------------------------------------------------------------------------
    # Columns of the two models themselves, because searches, lists and statements join them.

    shop_name_field = "name"
    shop_slug_field = "slug"  # the slug in `/shops/<slug>/contact/`
    person_joined_field = "date_joined"  # when the account was created; empty if unknown
    person_picture_field = ""  # the fields with the files of pictures; empty if there are none
    shop_picture_field = ""
    person_language_field = ""  # the language that a person has chosen; empty if there is none
    product_title_field = "title"
    product_slug_field = "slug"  # the slug in `/products/<slug>/contact/`
    product_category_field = ""  # the path to a column of the category: `category__slug`
    product_shop_field = "shop"  # the foreign key to the shop that sells it

    # -- People ---------------------------------------------------------------------------------

    # Permissions of the group "Moderators" besides messaging's own, as `app_label.codename`.
    moderator_permissions: tuple[str, ...] = ()

    def display_name(self, person: Person) -> str:
        """Return the name under which the other side sees a person. Makes no query."""
        return people.display_name(person)

    def short_name(self, person: Person) -> str:
        """Return the name that colleagues see in lists. Makes no query."""
        return self.display_name(person).partition(" ")[0]

    def person_picture_url(self, person: Person) -> str:
        """Return the URL of a person's picture, or an empty string. Makes no query."""
        return _file_url(person, self.person_picture_field)

    @abstractmethod
    def acts_as_seller(self, person: Person) -> bool:
        """Whether a person may work for shops at all. Called for every socket; makes no query.

        For anybody else, `active_members` is not queried at all.
        """

    @abstractmethod
    def sellers(self) -> "models.QuerySet[Any]":
        """Return the accounts for which `acts_as_seller` is true, as rows of the user model."""

    # -- Shops ----------------------------------------------------------------------------------

    @abstractmethod
    def active_members(self) -> "models.QuerySet[Any]":
        """Return who works for which shop now: the only predicate for it, in Python and in SQL.

        Returns:
            Rows with the columns `shop_id` and `user_id`, fields of the model or annotations by
            `F`. People who may not act for the shop, such as suspended ones, have no row.
        """

    def shops_closing_with(self, person: Person) -> list[int]:
        """Return the IDs of the shops that close when a person's account is deleted.

        Called while the account is being deleted. Include shops that have just been closed.
        """
        return []

    def keep_open(self, shop_id: int) -> bool:
        """Return whether a shop is open, and keep it from closing until the transaction ends.

        Called when a shopper starts a conversation. If closing a shop ends its conversations, the
        two must take turns: take a lock here that closing waits for, such as `FOR SHARE`.
        """
        return True

    def shop_name(self, shop: Shop) -> str:
        """Return the shop's name, as stored in its column. Makes no query."""
        return str(getattr(shop, self.shop_name_field))

    def shop_picture_url(self, shop: Shop) -> str:
        """Return the URL of a shop's picture, or an empty string. Makes no query."""
        return _file_url(shop, self.shop_picture_field)

    def shop_time_zone(self, shop: Shop) -> str:
        """Return the IANA name of the shop's time zone. Makes no query."""
        return "UTC"

    def managers_of(self, shop_id: int) -> list[int]:
        """Return the IDs of the members who may change how the shop works, oldest first."""
        return sorted(self.members_of(shop_id))

    def owners_of(self, shop_id: int) -> list[int]:
        """Return the IDs of the people who are responsible for a shop, including suspended ones."""
        return self.managers_of(shop_id)

    def shop_url(self, shop: Shop) -> str:
        """Return the URL of the shop's page."""
        return str(cast(Any, shop).get_absolute_url())

    def browse_url(self) -> str:
        """Return the URL where people without conversations find products to ask about."""
        return "/"

    def before_first_question(self, request: HttpRequest) -> "PagePart | None":
        """Return what a seller's empty inbox shows below its own text, such as first steps."""
        return None

    # -- Products -------------------------------------------------------------------------------

    def is_sold_out(self, product: Product) -> bool:
        """Whether a product is currently sold out. Makes no query."""
        return False

    def stock_of(self, product: Product) -> int | None:
        """Return how many of a product are left, or None if that isn't counted. Makes no query."""
        return None

    @abstractmethod
    def is_available(self, product: Product) -> bool:
        """Whether shoppers can see a product and ask about it. Makes no query."""

    def product_title(self, product: Product) -> str:
        """Return a product's title, as stored in its column. Makes no query."""
        return str(getattr(product, self.product_title_field))

    def product_url(self, product: Product) -> str:
        """Return the URL of a product's page."""
        return self.product_card(product).url

    @abstractmethod
    def product_card(self, product: Product) -> ProductCard:
        """Return a product as it is now."""

    @abstractmethod
    def format_money(self, amount: int, currency: str) -> str:
        """Format an amount in minor units of a currency (ISO 4217) in the reader's language."""

    # -- Derived from the above -----------------------------------------------------------------

    @final
    def find_product(self, slug: str) -> Product | None:
        """Return a product with its shop, even if shoppers can't see it (any more)."""
        rows = product_model()._default_manager.select_related(self.product_shop_field)
        return rows.filter((self.product_slug_field, slug)).first()

    def find_shop(self, slug: str) -> Shop | None:
        """Return the shop with this slug."""
        return shop_model()._default_manager.filter((self.shop_slug_field, slug)).first()

    @final
    def shop_of(self, product: Product) -> Shop:
        """Return the shop that sells a product."""
        return cast(Shop, getattr(product, self.product_shop_field))

    @final
    def is_member(self, user_id: int | None, shop_id: int) -> bool:
        """Whether a person currently works for a shop."""
        return self.active_members().filter(shop_id=shop_id, user_id=user_id).exists()

    @final
    def members_of(self, shop_id: int) -> list[int]:
        """Return the IDs of the people who currently work for a shop."""
        rows = self.active_members().filter(shop_id=shop_id).order_by()
        return list(rows.values_list("user_id", flat=True))

    @final
    def shops_of(self, user_ids: Iterable[int]) -> dict[int, list[int]]:
        """Return the IDs of the shops that each person currently works for, with one query."""
        shops: dict[int, list[int]] = {user_id: [] for user_id in user_ids}
        if len(shops) == 1:  # the usual case, once per page
            return {user_id: _shops_of(user_id) for user_id in shops}
        rows = self.active_members().filter(user_id__in=listed(shops)).order_by()
        for shop_id, user_id in rows.values_list("shop_id", "user_id"):
            shops[user_id].append(shop_id)
        return shops

    @final
    def members_sql(self) -> tuple[str, tuple[Any, ...]]:
        """Return `active_members` as a SELECT of shop and person, with its parameters."""
        rows = self.active_members().order_by().values_list("shop_id", "user_id")
        return rows.query.sql_with_params()

    @final
    def shop_names_sql(self) -> tuple[str, tuple[Any, ...]]:
        """Return a SELECT of all shops' keys and names, with its parameters."""
        rows = shop_model()._default_manager.order_by().values_list("pk", self.shop_name_field)
        return rows.query.sql_with_params()


def _file_url(row: Any, field: str) -> str:
    file = getattr(row, field) if field else None
    return str(file.url) if file else ""


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
    """Creates the host when it is first used, because its module imports models."""

    def __getattr__(self, name: str) -> Any:
        value = getattr(_host(), name)
        setattr(self, name, value)  # so that the next access doesn't call this method
        return value


host: MessagingHost = cast(MessagingHost, _Lazy())


@prepared
def _shops_of(user_id: int) -> "models.QuerySet[Any, int]":
    members = host.active_members().filter(user_id=user_id)
    return members.order_by().values_list("shop_id", flat=True)


def active_members() -> "models.QuerySet[Any]":
    """Return who is in which team, for notifications, see `ACTIVE_MEMBERS`."""
    return host.active_members()


def sellers() -> "models.QuerySet[Any]":
    """Return the accounts that sell, for announcements, see `SELLERS`."""
    return host.sellers()
