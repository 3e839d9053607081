"""Every page, in both languages and both colour schemes, for people who cannot see or point."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from accounts.models import User
from catalog.models import Product
from messaging.factories import MessageFactory
from messaging.models import Conversation

VISITOR_PAGES = ["/", "/products/", "/accounts/login/", "/accounts/signup/", "/nothing-here/"]
SELLER_PAGES = [
    "/conversations/", "/notifications/", "/my/products/", "/my/products/new/", "/my/team/",
    "/accounts/profile/", "/accounts/email/", "/accounts/2fa/", "/accounts/sessions/",
    "/accounts/password/change/",
]  # fmt: skip


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "es-ES"])
def test_axe_finds_nothing_serious_and_no_policy_is_broken(
    locale: str,
    color_scheme: str,
    person: Callable[..., Page],
    shopper: User,
    seller: User,
    product: Product,
    conversation: Conversation,
) -> None:
    MessageFactory(conversation=conversation, body="See https://example.com/bowls.")
    MessageFactory(conversation=conversation, sender=seller, body="Thank you!")
    options: dict[str, Any] = {"locale": locale, "color_scheme": color_scheme}
    product_pages = [product.get_absolute_url(), product.shop.get_absolute_url()]
    thread = conversation.get_absolute_url()
    phone = {"width": 360, "height": 740}
    tours = [
        (person(None, **options), [*VISITOR_PAGES, *product_pages]),
        (person(seller, **options), [*SELLER_PAGES, thread, f"{thread}messages/1/report/"]),
        (person(shopper, viewport=phone, **options), [thread, "/conversations/", *product_pages]),
    ]
    found = []
    for page, addresses in tours:
        for address in addresses:
            page.goto(address)
            results = Axe().run(page)
            found += [
                (address, violation["id"], violation["nodes"][0]["html"][:120])
                for violation in results.response["violations"]
                if violation["impact"] in ("serious", "critical")
            ]
            width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if width > 0:
                found.append((address, f"{width} px wider than the window", ""))
    assert found == []
