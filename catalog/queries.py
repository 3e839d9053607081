"""Reads for the pages. Each docstring says how many statements it costs."""

from dataclasses import dataclass, field
from typing import Any, cast

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from trato.prepared import prepared
from trato.text import word_pattern

from . import access
from .models import Category, Product, ProductImage, Shop, ShopMember, TeamInvitation

NEIGHBOURS_MAX = 4  # other products on a product's page
MAX_WORDS = 8  # of a search; more would only slow down the database


def published() -> QuerySet[Product]:
    """Return published products, newest first, ready for cards: two statements with pictures."""
    return (
        Product.objects.filter(published_at__isnull=False)
        .select_related("shop")
        .prefetch_related("images")
        .order_by("-published_at", "-id")
    )


def search(products: QuerySet[Product], text: str) -> QuerySet[Product]:
    """Filter products that have every word of `text` in title, description or the shop's name.

    Case and accents don't matter: "lampara" finds "Lámpara", "strasse" finds "Straße".
    """
    for word in text.split()[:MAX_WORDS]:
        pattern = word_pattern(word)
        products = products.filter(
            Q(title__regex=pattern) | Q(description__regex=pattern) | Q(shop__name__regex=pattern)
        )
    return products


def categories() -> QuerySet[Category]:
    """Return every category, with the number of its published products as `size`."""
    return Category.objects.annotate(
        size=Count("products", filter=Q(products__published_at__isnull=False))
    )


def lively_shops(count: int) -> QuerySet[Shop]:
    """Return the shops that published most recently, with their number of products as `size`."""
    is_published = Q(products__published_at__isnull=False)
    return (
        Shop.objects.annotate(
            size=Count("products", filter=is_published), latest=Max("products__published_at")
        )
        .filter(size__gt=0)
        .order_by("-latest", "-id")[:count]
    )


def pictures_and_neighbours(product: Product) -> tuple[list[ProductImage], list[ProductImage]]:
    """Return a product's pictures, and the covers of its shop's newest other products.

    One statement loads both, because the product page must not cost more. So it leaves out products
    without pictures. Each cover has its product loaded.
    """
    pictures: list[ProductImage] = []
    covers: dict[int, ProductImage] = {}
    for image in _images(product.pk, product.shop_id):
        if image.product_id == product.pk:
            pictures.append(image)
        else:
            covers.setdefault(image.product_id, image)
    newest_first = sorted(covers.values(), key=_published, reverse=True)
    return pictures, newest_first


@prepared
def _images(product_id: int, shop_id: int) -> QuerySet[ProductImage]:
    others = Product.objects.filter(shop_id=shop_id, published_at__isnull=False)
    newest = others.exclude(pk=product_id).order_by("-published_at", "-id").values("pk")
    products = Product.objects.order_by().values("pk")  # SQLite can't sort the parts of a union
    neighbours = products.filter(pk__in=newest[:NEIGHBOURS_MAX])
    # With an OR, PostgreSQL would read the pictures of all shops.
    shown = products.filter(pk=product_id).union(neighbours)
    return ProductImage.objects.filter(product__in=shown).select_related("product")


def _published(image: ProductImage) -> tuple[object, int]:
    return image.product.published_at, image.product_id


@dataclass
class Team:
    """A shop's team, as its members see it.

    Args:
        is_owned: whether the viewer owns the shop; only owners see invitations.
        form: for inviting somebody.
    """

    shop: Shop
    members: list[ShopMember] = field(default_factory=list)
    invitations: list[TeamInvitation] = field(default_factory=list)
    is_owned: bool = False
    form: Any = None

    @property
    def has_one_owner(self) -> bool:
        """Whether there is only one active owner, who can't leave or step down."""
        owners = (row for row in self.members if row.role == ShopMember.Role.OWNER)
        return sum(row.user.is_active for row in owners) == 1


def teams_of(user: User) -> list[Team]:
    """Return the teams that a person is on, ordered by the shop's name: two statements."""
    members = (
        ShopMember.objects.filter(shop__in=access.shops_of(user))
        .select_related("shop", "user")
        .order_by("shop__name", "created_at", "pk")
    )
    teams: dict[int, Team] = {}
    for member in members:
        team = teams.setdefault(member.shop_id, Team(member.shop))
        team.members.append(member)
        team.is_owned |= member.user_id == user.pk and member.role == ShopMember.Role.OWNER
    owned = [shop_id for shop_id, team in teams.items() if team.is_owned]
    for invitation in TeamInvitation.objects.filter(shop__in=owned):
        teams[invitation.shop_id].invitations.append(invitation)
    return list(teams.values())


def team(shop: Shop) -> list[str]:
    """Return the first names of a shop's people who can reply, longest-serving first."""
    memberships = ShopMember.objects.filter(shop=shop, user__is_active=True)
    return [
        membership.user.get_short_name()
        for membership in memberships.select_related("user").order_by("created_at", "id")
    ]


STATES = {
    "published": Q(published_at__isnull=False),
    "draft": Q(published_at__isnull=True, withdrawn_at__isnull=True),
    "withdrawn": Q(withdrawn_at__isnull=False),
    "sold_out": Q(published_at__isnull=False, stock=0),
}


def state_counts(products: QuerySet[Product]) -> dict[str, int]:
    """Count a seller's products in each of `STATES`, and in total."""
    counts = {state: Count("pk", filter=condition) for state, condition in STATES.items()}
    return products.aggregate(all=Count("pk"), **counts)


@dataclass(frozen=True)
class FirstSteps:
    """A new shop's progress through its first steps.

    Args:
        draft: the slug of its newest draft; empty if it has none.
    """

    shop: Shop
    has_product: bool
    has_published: bool
    draft: str

    @property
    def done(self) -> int:
        return self.has_product + self.has_published


def first_steps(user: User) -> FirstSteps | None:
    """Return the progress of the newest of a person's shops with steps left: one statement.

    A shop that has published a product and received a question has no steps left.
    """
    products = Product.objects.filter(shop=OuterRef("pk"))
    was_public = Q(published_at__isnull=False) | Q(withdrawn_at__isnull=False)
    drafts = products.filter(published_at=None, withdrawn_at=None).order_by("-created_at", "-id")
    asked = Shop.objects.filter(pk=OuterRef("pk"), conversations__isnull=False)
    row: Any = (
        access.shops_of(user)
        .filter(first_steps_done_at=None)
        .annotate(
            has_product=Exists(products),
            has_published=Exists(products.filter(was_public)),
            was_asked=Exists(asked),
            draft=Subquery(drafts.values("slug")[:1]),
        )
        .exclude(has_published=True, was_asked=True)
        .order_by("-created_at", "-id")
        .first()
    )
    if row is None:
        return None
    return FirstSteps(cast(Shop, row), row.has_product, row.has_published, row.draft or "")
