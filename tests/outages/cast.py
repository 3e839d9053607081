"""Create two people and their conversation in a database that the tests themselves don't use.

`python -m tests.outages.cast` creates them and prints their IDs as JSON.
"""

import json
import sys

import django


def main() -> None:
    """Create a shopper, a seller and a conversation in the database that `DATABASE_URL` names."""
    django.setup()

    from accounts.factories import UserFactory
    from catalog.factories import ProductFactory, ShopFactory
    from messaging.factories import ConversationFactory
    from tests.site import session_of

    shopper = UserFactory(name="Lucía Romero", email="lucia@example.com")
    seller = UserFactory(name="Marta Vidal", email="marta@example.com", seller=True)
    shop = ShopFactory(name="Barro y Sal", slug="barro-y-sal", owner=seller)
    product = ProductFactory(shop=shop, title="Speckled bowl", slug="speckled-bowl")
    cast = {
        "shopper": session_of(shopper),
        "seller": session_of(seller),
        "conversation": ConversationFactory(consumer=shopper, product=product).pk,
    }
    sys.stdout.write(json.dumps(cast))


if __name__ == "__main__":
    main()
