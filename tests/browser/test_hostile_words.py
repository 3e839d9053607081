"""Long words and stacked accents don't break any page."""

import io

import pytest
from allauth.account.models import EmailAddress
from PIL import Image, ImageChops
from playwright.sync_api import Page

from accounts.models import User
from catalog.factories import CategoryFactory, ProductFactory
from catalog.models import Product, Shop
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation
from messaging.triage import actions as triage
from notifications.factories import NotificationFactory
from tests.browser.acts import Person
from tests.products import ProductImageFactory
from tests.whole import only_whole

PHONE = {"width": 360, "height": 740}
WIDE = "W"  # the widest letter
ACCENTS = "".join(chr(mark) for mark in range(0x0300, 0x0315)) * 3

# Elements that stick out of the window, or scroll sideways. Tab bars may.
STICKS_OUT = """() => {
    const wide = [...document.querySelectorAll("body *")].filter((one) => {
        if (!one.checkVisibility()) return false;
        if (one.closest(".visually-hidden, .skip-link, .tabs, svg")) return false;
        const { right, left, width } = one.getBoundingClientRect();
        if (width && (right > innerWidth + 1 || left < -1)) return !isClipped(one);
        const scrolls = ["auto", "scroll"].includes(getComputedStyle(one).overflowX);
        return scrolls && one.localName !== "textarea" && one.scrollWidth > one.clientWidth + 1;
    });
    function isClipped(one) {
        for (let box = one.parentElement; box; box = box.parentElement) {
            if (box === document.body) return false;
            const { overflowX } = getComputedStyle(box);
            if (["hidden", "clip"].includes(overflowX)) {
                const { right, left } = box.getBoundingClientRect();
                return right <= innerWidth + 1 && left >= -1;
            }
        }
    }
    const page = document.documentElement.scrollWidth - innerWidth;
    const names = wide.map((one) => `${one.localName}.${one.className}`);
    return page > 0 || names.length ? [`${page} px`, ...names.slice(-4)] : [];
}"""


@pytest.fixture
def wide_world(shopper: User, seller: User, shop: Shop, moderator: User) -> Conversation:
    """A world in which every name is one word of maximum length."""
    for user, letter in ((shopper, "S"), (seller, "M")):
        user.name = letter + WIDE * 59
        user.email = f"{letter}{WIDE * 62}@{'w' * 60}.example".lower()
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    EmailAddress.objects.create(user=shopper, email=f"new{WIDE * 60}@{'w' * 60}.example")
    shop.name, shop.city, shop.description = WIDE * 60, WIDE * 60, WIDE * 1000
    shop.save()
    category = CategoryFactory(name=WIDE * 40, name_es=WIDE * 40)
    product = ProductFactory(
        shop=shop, title=WIDE * 120, description=WIDE * 5000, category=category, price=2_000_000_000
    )
    ProductImageFactory(product=product, alt=WIDE * 160)
    ProductImageFactory(product=ProductFactory(shop=shop, title=WIDE * 119 + "2"))
    conversation = ConversationFactory(consumer=shopper, product=product)
    product.title = WIDE * 117 + "NEW"
    product.save()
    MessageFactory(conversation=conversation, body=WIDE * 4000)
    MessageFactory(conversation=conversation, sender=seller, body=WIDE * 4000)
    for person in (shopper, seller):
        NotificationFactory(
            recipient=person, news__subject_id=conversation.pk, news__title=WIDE * 120,
            news__excerpt=WIDE * 160, news__url=conversation.get_absolute_url(),
        )  # fmt: skip
    return conversation


def look(page: Page, addresses: list[str]) -> list[tuple[str, list[str]]]:
    """Return the elements that stick out on these pages."""
    wide_pages = []
    for address in addresses:
        page.goto(address)
        if sticks_out := page.evaluate(STICKS_OUT):
            wide_pages.append((address, sticks_out))
    return wide_pages


@only_whole
def test_no_list_scrolls_sideways_for_a_colleagues_name(
    person: Person, seller: User, wide_world: Conversation
) -> None:
    triage.assign(seller, [wide_world.pk], seller.pk)
    page = person(seller, viewport={"width": 820, "height": 740})
    page.goto("/conversations/")
    assert page.locator(".inbox__marks").inner_text().count(WIDE) >= 59
    assert page.evaluate(STICKS_OUT) == []


@only_whole
@pytest.mark.parametrize("role", ["visitor", "shopper", "seller"])
def test_no_page_is_pushed_sideways_by_a_long_word(
    role: str, person: Person, seller: User, wide_world: Conversation
) -> None:
    conversation, product = wide_world, wide_world.product
    assert product is not None
    product = Product.objects.get(pk=product.pk)
    people = {"visitor": None, "shopper": conversation.consumer, "seller": seller}
    page = person(people[role], viewport=PHONE, just_logged_in=True)
    thread = conversation.get_absolute_url()
    shown = [
        "/", "/products/", product.get_absolute_url(), product.shop.get_absolute_url(),
        f"/products/?q={WIDE * 60}", f"/products/?category={product.category.slug}",
    ]  # fmt: skip
    if role != "visitor":
        shown += [
            "/conversations/", f"/conversations/?q={WIDE * 90}", thread, "/notifications/",
            "/accounts/profile/", "/accounts/email/", "/accounts/sessions/", "/my/shop/open/",
            "/accounts/password/change/", "/accounts/logout/",
        ]  # fmt: skip
    if role == "shopper":
        shown += [f"{thread}messages/2/report/"]
    if role == "seller":
        shown += [
            "/my/products/",
            f"/my/products/{product.slug}/",
            "/my/products/new/",
            "/my/team/",
        ]
    assert look(page, shown) == []
    if role != "visitor":
        page.goto("/")
        page.click(".menu > summary")
        assert page.evaluate(STICKS_OUT) == []


COVER = """() => {
    // Where people's words are, and a little around it: accents may reach as far as a line is high.
    for (const one of document.querySelectorAll("[dir=auto]")) {
        if (!one.checkVisibility()) continue;
        const { left, top, width, height } = one.getBoundingClientRect();
        const cover = document.createElement("div");
        Object.assign(cover.style, {
            position: "absolute", zIndex: 99, background: "black",
            left: `${left + scrollX - 6}px`, top: `${top + scrollY - 6}px`,
            width: `${width + 12}px`, height: `${height + 12}px`,
        });
        document.body.append(cover);
    }
}"""
FAINT = 64  # of 255: letters are sometimes rendered slightly differently
WITHOUT_ACCENTS = """() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let marked = 0;
    while (texts.nextNode()) {
        const plain = texts.currentNode.data.replace(/[\\u0300-\\u036f]/g, "");
        if (plain !== texts.currentNode.data) marked += 1;
        texts.currentNode.data = plain;
    }
    return marked;
}"""


def same(*screenshots: bytes) -> bool:
    """Whether two screenshots look the same to a person."""
    one, other = (Image.open(io.BytesIO(data)).convert("L") for data in screenshots)
    difference = ImageChops.difference(one, other).point(lambda value: 255 * (value > FAINT))
    return one.size == other.size and difference.getbbox() is None


@only_whole
def test_accents_that_pile_up_paint_over_nothing_else(
    person: Person, shopper: User, seller: User, shop: Shop
) -> None:
    pile = " ".join(letter + ACCENTS for letter in "ZALGO")
    User.objects.filter(pk=seller.pk).update(name=f"Z{ACCENTS[:50]}")
    Shop.objects.filter(pk=shop.pk).update(name=f"A{ACCENTS[:50]}", description=pile * 3)
    shop.refresh_from_db()
    product = ProductFactory(shop=shop, title=f"L{ACCENTS} G{ACCENTS[:50]}", description=pile * 3)
    ProductFactory(shop=shop, title="Bowl")
    conversation = ConversationFactory(consumer=shopper, product=product)
    MessageFactory(conversation=conversation, body="Above")
    for _ in range(2):
        MessageFactory(conversation=conversation, sender=seller, body=pile)
        MessageFactory(conversation=conversation, body="Below")
    MessageFactory(conversation=conversation, sender=seller, body=pile)
    NotificationFactory(
        recipient=shopper, news__subject_id=conversation.pk, news__title=f"Z{ACCENTS}",
        news__excerpt=pile[:160], news__url=conversation.get_absolute_url(),
    )  # fmt: skip
    # Without scripts, so that nothing else changes between two screenshots.
    page = person(shopper, viewport=PHONE, java_script_enabled=False)
    thread = conversation.get_absolute_url()
    for address in (
        "/", "/products/", product.get_absolute_url(), shop.get_absolute_url(), "/conversations/",
        thread, f"{thread}messages/2/report/", "/notifications/",
    ):  # fmt: skip
        page.goto(address, wait_until="networkidle")
        page.evaluate(COVER)
        piled = page.screenshot(full_page=True, animations="disabled", caret="hide")
        assert page.evaluate(WITHOUT_ACCENTS) > 0, address
        plain = page.screenshot(full_page=True, animations="disabled", caret="hide")
        assert same(piled, plain), address
