"""Print as JSON who requests which pages of the database in DATABASE_URL."""

import json
import sys

import django
from django.conf import settings

PRODUCTS = 40


def main() -> None:
    from accounts.models import User
    from benchmarks.people import sessions_of
    from messaging.models import Conversation

    seller = User.objects.get(pk=1)
    threads = Conversation.objects.filter(shop=1, last_sequence__gte=10)
    newest = list(threads.order_by("-last_message_at")[:60])
    shopper = newest[0].consumer
    seller_key, shopper_key = sessions_of([seller, shopper])
    products = [f"/products/product-{number}/" for number in range(1, PRODUCTS)]
    pages = {
        "inbox": (seller_key, ["/conversations/"]),
        "conversation": (seller_key, [row.get_absolute_url() for row in newest]),
        "product page": (shopper_key, products),
        "badge JSON": (seller_key, ["/notifications/unread/"]),
        "front page": ("", ["/"]),
        "product page, of nobody": ("", products),
    }
    json.dump({"cookie": settings.SESSION_COOKIE_NAME, "pages": pages}, sys.stdout)


if __name__ == "__main__":
    django.setup()
    main()
