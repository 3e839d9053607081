"""`manage.py demo`: a marketplace with demo data. Run again, it adds nothing."""

import random
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.management import BaseCommand, call_command
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.factories import PASSWORD, UserFactory
from accounts.models import User
from catalog.demo import people, pictures
from catalog.factories import CategoryFactory, ProductFactory, ShopFactory, ShopMemberFactory
from catalog.models import Product, ProductImage, Shop

PRODUCTS_PER_SHOP = 10
SHOPPERS = 60
SEED = 20


class Command(BaseCommand):
    help = "Fill an empty database with a demo shop; does nothing where there is one."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(email="shopper@example.com").exists():
            self.stdout.write("The demo shop is there already.")
            return
        with transaction.atomic():
            fill(random.Random(SEED))  # noqa: S311 – a demo, not a secret
            call_command("demo_conversations")
        self.stdout.write("The demo shop is ready.")


def fill(dice: random.Random) -> None:
    """Create people, shops, products and their pictures."""
    password = make_password(PASSWORD)
    sellers = [
        person(name, f"seller{number}@example.com", password, seller=True)
        for number, name in enumerate(people.SELLERS)
    ]
    User.objects.filter(pk=sellers[0].pk).update(email="seller@example.com")
    person("Sam Okoro", "staff@example.com", password, staff=True, is_superuser=True)
    person("Lucía Romero", "shopper@example.com", password)
    for number in range(1, SHOPPERS):
        name = f"{people.FIRST[number % 15]} {people.LAST[number // 2 % 8]}"
        person(name, f"shopper{number}@example.com", password)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True)
        for user in User.objects.all()
    )
    categories = [
        CategoryFactory(slug=slug, name=english, name_es=spanish)
        for slug, english, spanish, _words in people.CATEGORIES
    ]
    for number, (name, city, currency, about) in enumerate(people.SHOPS):
        shop = ShopFactory(
            name=name,
            slug=slugify(name),
            city=city,
            description=about,
            owner=sellers[number * 2],
            created_at=timezone.now() - timedelta(days=dice.randint(200, 1500)),
        )
        ShopMemberFactory(shop=shop, user=sellers[number * 2 + 1])
        if number == 0:
            ShopMemberFactory(shop=shop, user=sellers[3])
        for item in range(PRODUCTS_PER_SHOP):
            # Mostly the shop's own category, and something from others.
            kind = number if item < 8 else (number + item) % 8
            put_up(dice, shop, categories[kind], people.CATEGORIES[kind][3], currency, item)


def person(name: str, email: str, password: str, **kind: bool) -> User:
    """Create an account with the demo's password."""
    return UserFactory(name=name, email=email, password=password, **kind)


def put_up(
    dice: random.Random, shop: Shop, category: Any, words: list[str], currency: str, item: int
) -> Product:
    """Create a product with one to three pictures."""
    quality = people.QUALITIES[(item * 3 + shop.pk) % len(people.QUALITIES)]
    title = f"{quality} {words[item % len(words)]}"
    product: Product = ProductFactory(
        shop=shop,
        category=category,
        title=title,
        slug=f"{slugify(title)}-{shop.pk}-{item}",
        description=(
            f"{shop.description}\n\n"
            f"This {words[item % len(words)]} is one of a small series; no two are quite alike. "
            "Packed in paper, sent within three working days. Ask us about sizes and colours."
        ),
        price=dice.randrange(12, 140) * 100 + dice.choice((0, 50, 90)),
        currency=currency,
        stock=dice.choice((0, 1, 1, 2, 3, 5, 8)),
        published_at=timezone.now() - timedelta(hours=dice.randint(1, 2000)),
    )
    for position in range(dice.choice((1, 1, 2, 3))):
        drawn = pictures.draw(category.slug, product.pk * 7 + position)
        file = ContentFile(drawn, name=f"demo-{product.slug}-{position}.jpg")
        ProductImage.objects.create(product=product, file=file, alt=title, position=position)
    return product
