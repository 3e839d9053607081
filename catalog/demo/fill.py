"""Creates the demo's people, shops, products and pictures."""

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.text import slugify
from PIL import Image

from accounts.factories import PASSWORD, UserFactory
from accounts.models import User
from catalog.factories import CategoryFactory, ProductFactory, ShopFactory
from catalog.models import Category, Product, ProductImage, Shop, ShopMember

from . import people
from .drawings import draw
from .drawings.broken import VIEWS as BROKEN_VIEWS
from .drawings.broken import broken_bowl
from .shops import ALT, DemoShop, Goods, shops

SEED = 20
QUIET_DAYS = 62  # since the last product and person were added; all conversations are newer
YEARS = 2  # during which people joined
# These two see the site in their browser's language. The others have chosen a language, in which
# staff write to them.
LOGINS = ("shopper@example.com", "seller@example.com")


@dataclass
class Filled:
    """The created rows' labels and languages, for the code that creates conversations.

    Args:
        goods: the labels of each product on sale, by its ID: its kind, its kind in its shop
            ("north-loom/cushion") and its slug.
        languages: the language in which each person writes, by their ID.
    """

    goods: dict[int, tuple[str, ...]] = field(default_factory=dict)
    languages: dict[int, str] = field(default_factory=dict)


def fill() -> Filled:
    """Create everything but the conversations: always the same data, with dates relative to now."""
    dice, now = random.Random(SEED), timezone.now()  # noqa: S311 – a demo, not a secret
    market, filled = shops(), Filled()
    users = _people(dice, now, market, filled)
    categories = _categories()
    made = [
        ShopFactory.build(
            name=shop.name,
            slug=slugify(shop.name),
            city=shop.city,
            description=shop.text,
            time_zone=shop.time_zone,
            picture=_emblem(shop),
            created_at=now - timedelta(days=shop.since),
        )
        for shop in market
    ]
    Shop.objects.bulk_create(made)
    ShopMember.objects.bulk_create(
        ShopMember(
            shop=row,
            user=users[seller.email],
            role=ShopMember.Role.AGENT if number else ShopMember.Role.OWNER,
            created_at=row.created_at + timedelta(days=number * 21),
        )
        for shop, row in zip(market, made, strict=True)
        for number, seller in enumerate(shop.team)
    )
    shelf = [
        (shop, goods, _product(row, goods, shop, categories, now, turn * len(market) + number))
        for number, (shop, row) in enumerate(zip(market, made, strict=True))
        for turn, goods in enumerate(shop.goods)
    ]
    Product.objects.bulk_create(product for _shop, _goods, product in shelf)
    ProductImage.objects.bulk_create(
        image for shop, goods, product in shelf for image in _images(shop, goods, product)
    )
    filled.goods = {
        product.pk: (goods.kind, f"{product.shop.slug}/{goods.kind}", product.slug)
        for _shop, goods, product in shelf
        if product.is_published
    }
    return filled


def photos() -> dict[str, bytes]:
    """Return JPEGs of what shoppers photograph, by the names that conversations use."""
    look = next(
        goods.look for shop in shops() for goods in shop.goods if goods.look.style == "speckled"
    )
    return {f"broken-{view}": broken_bowl(look, view) for view in BROKEN_VIEWS}


def _people(
    dice: random.Random, now: datetime, market: list[DemoShop], filled: Filled
) -> dict[str, User]:
    """Create the accounts; return them by address. Sellers joined when their shops opened."""
    password = make_password(PASSWORD)
    staff = UserFactory.build(
        name=people.STAFF,
        email="staff@example.com",
        password=password,
        staff=True,
        is_superuser=True,
        date_joined=now - timedelta(days=YEARS * 365),
    )
    languages: dict[str, str] = {}
    users = {staff.email: staff}
    for shop in market:
        for number, seller in enumerate(shop.team):
            users[seller.email] = UserFactory.build(
                name=seller.name,
                email=seller.email,
                password=password,
                seller=True,
                date_joined=now - timedelta(days=shop.since - number * 20, minutes=number + 40),
            )
            languages[seller.email] = seller.language
    for language, names in people.SHOPPERS.items():
        for name in names:
            address = "shopper" if name == people.SHOPPER else slugify(name).replace("-", ".")
            email = f"{address}@example.com"
            joined = timedelta(
                days=dice.randint(QUIET_DAYS, YEARS * 365), minutes=dice.randint(0, 900)
            )
            users[email] = UserFactory.build(
                name=name, email=email, password=password, date_joined=now - joined
            )
            languages[email] = language
    for email, language in languages.items():
        if email not in LOGINS:
            users[email].language = language
    User.objects.bulk_create(users.values())
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True)
        for user in users.values()
    )
    filled.languages = {users[email].pk: language for email, language in languages.items()}
    return users


def _categories() -> dict[str, Category]:
    """Create the categories; return them by the kinds of products that belong in them."""
    rows = [
        CategoryFactory.build(slug=slug, name=english, name_es=spanish)
        for slug, english, spanish, _kinds in people.CATEGORIES
    ]
    Category.objects.bulk_create(rows)
    return {
        kind: row
        for row, (*_names, kinds) in zip(rows, people.CATEGORIES, strict=True)
        for kind in kinds
    }


def _product(
    row: Shop,
    goods: Goods,
    shop: DemoShop,
    categories: dict[str, Category],
    now: datetime,
    rank: int,
) -> Product:
    """Build a product. Rank 0 is the newest of all products."""
    published = now - timedelta(days=QUIET_DAYS + 4 * rank, hours=rank % 11)
    product: Product = ProductFactory.build(
        shop=row,
        category=categories[goods.kind],
        title=goods.title,
        slug=slugify(goods.title),
        description=goods.text,
        price=goods.price,
        currency=shop.currency,
        stock=goods.stock,
        published_at=published if goods.state == "published" else None,
        withdrawn_at=published + timedelta(days=1) if goods.state == "withdrawn" else None,
        created_at=published - timedelta(hours=3),
    )
    return product


def _emblem(shop: DemoShop) -> ContentFile[bytes]:
    """Draw a shop's picture: its first product, small and square as `trato.images` makes it."""
    goods = shop.goods[0]
    with Image.open(io.BytesIO(draw(goods.kind, goods.look, "front"))) as picture:
        buffer = io.BytesIO()
        side = settings.AVATAR_SIDE
        picture.resize((side, side), Image.Resampling.LANCZOS).save(buffer, "JPEG", quality=85)
    return ContentFile(buffer.getvalue(), name=f"demo-{slugify(shop.name)}.jpg")


def _images(shop: DemoShop, goods: Goods, product: Product) -> Iterator[ProductImage]:
    for position, view in enumerate(goods.views):
        picture = draw(goods.kind, goods.look, view)
        yield ProductImage(
            product=product,
            file=ContentFile(picture, name=f"demo-{product.slug}-{view}.jpg"),
            alt=ALT[shop.language][view].format(title=goods.title),
            position=position,
        )
