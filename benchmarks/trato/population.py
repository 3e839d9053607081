"""Shoppers, shops, conversations and sessions: `python -m benchmarks.trato.population 50`."""

import json
import sys
from typing import Any

import django


def main(pairs: int) -> list[dict[str, Any]]:
    """Fill an empty database; gives each conversation with the sessions of its two people."""
    from django.core.management import call_command

    from accounts.models import User
    from benchmarks.population import sessions_of
    from catalog.models import Shop, ShopMember
    from messaging.models import Conversation

    call_command("migrate", verbosity=0)
    shoppers = User.objects.bulk_create(
        User(name=f"Shopper {number}", email=f"shopper{number}@example.com", password="!")
        for number in range(pairs)
    )
    sellers = User.objects.bulk_create(
        User(
            name=f"Seller {number}",
            email=f"seller{number}@example.com",
            password="!",
            role=User.Role.SELLER,
        )
        for number in range(pairs)
    )
    shops = Shop.objects.bulk_create(
        Shop(name=f"Shop {number}", slug=f"shop-{number}") for number in range(pairs)
    )
    ShopMember.objects.bulk_create(
        ShopMember(shop=shop, user=seller, role=ShopMember.Role.OWNER)
        for shop, seller in zip(shops, sellers, strict=True)
    )
    conversations = Conversation.objects.bulk_create(
        Conversation(consumer=shopper, shop=shop)
        for shopper, shop in zip(shoppers, shops, strict=True)
    )
    keys = zip(sessions_of(shoppers), sessions_of(sellers), strict=True)
    return [
        {"conversation": conversation.pk, "cookies": pair}
        for conversation, pair in zip(conversations, keys, strict=True)
    ]


if __name__ == "__main__":
    django.setup()
    json.dump(main(int(sys.argv[1])), sys.stdout)
