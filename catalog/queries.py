"""What the pages load. Each docstring says how many statements it costs."""

from django.db.models import Count, Max, Q, QuerySet

from trato.prepared import prepared
from trato.text import word_pattern

from .models import Category, Product, ProductImage, Shop, ShopMember

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


def pictures_and_neighbours(
    product: Product, count: int = 4
) -> tuple[list[ProductImage], list[ProductImage]]:
    """Return a product's pictures, and the covers of its shop's newest other products.

    It is one statement for both, because the product page must not cost more. So products without a
    picture are left out. Each cover has its product loaded.

    Args:
        count: the maximum number of other products.
    """
    pictures: list[ProductImage] = []
    covers: dict[int, ProductImage] = {}
    for image in _images(product.pk, product.shop_id, neighbours=count):
        if image.product_id == product.pk:
            pictures.append(image)
        else:
            covers.setdefault(image.product_id, image)
    newest_first = sorted(covers.values(), key=_published, reverse=True)
    return pictures, newest_first


@prepared
def _images(product_id: int, shop_id: int, *, neighbours: int) -> QuerySet[ProductImage]:
    others = Product.objects.filter(shop_id=shop_id, published_at__isnull=False)
    newest = others.exclude(pk=product_id).order_by("-published_at", "-id").values("pk")
    return ProductImage.objects.filter(
        Q(product_id=product_id) | Q(product__in=newest[:neighbours])
    ).select_related("product")


def _published(image: ProductImage) -> tuple[object, int]:
    return image.product.published_at, image.product_id


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
    """Count a seller's products in each of `STATES`, and all of them."""
    counts = {state: Count("pk", filter=condition) for state, condition in STATES.items()}
    return products.aggregate(all=Count("pk"), **counts)
