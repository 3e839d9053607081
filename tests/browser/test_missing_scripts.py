"""If a script doesn't load, only what needs it fails, and the page says so."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle

from playwright.sync_api import Page, Route, expect

from accounts.models import User
from catalog.models import Product
from messaging.factories import ConversationFactory
from messaging.models import Conversation, Message
from tests.browser.acts import Person, live, write
from tests.whole import only_whole

WORD = "#incomplete"
LAST = ".message__body >> nth=-1"
# Without these there is no connection to the server at all.
SOCKET = {"site", "bundles/session"}


@contextmanager
def without(page: Page, script: str) -> Iterator[None]:
    """Block one script in the browser; the others stay in its cache.

    A route would disable the cache for all of them.
    """
    browser = page.context.new_cdp_session(page)
    browser.send("Network.enable")
    browser.send("Network.setBlockedURLs", {"urls": [f"*/js/{script}.js"]})
    yield
    browser.detach()


def scripts_of(page: Page, address: str) -> list[str]:
    """Return the names of the scripts that a page loads."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    live(page)
    names = {script[1] for url in asked if (script := re.search(r"/static/js/([\w/-]+)\.js$", url))}
    assert {"site", "guard", "bundles/session", "bundles/site"} <= names
    return sorted(names)


def says_what_it_lacks(page: Page, script: str) -> None:
    if script == "guard":  # it only watches the others
        expect(page.locator(WORD)).to_be_hidden()
    else:
        expect(page.locator(WORD)).to_be_visible()
    if script not in SOCKET:
        live(page)


def stored() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("body", flat=True))


@only_whole
def test_a_thread_without_any_one_script_still_sends_and_says_so(
    person: Person, shopper: User, stranger: User, conversation: Conversation
) -> None:
    other = ConversationFactory(consumer=stranger, product=conversation.product)
    # People take turns: there are more scripts than messages that one person may send per minute.
    turns = cycle(
        [
            (person(shopper), conversation.get_absolute_url()),
            (person(stranger), other.get_absolute_url()),
        ]
    )
    scripts = scripts_of(*next(turns))
    for script, (page, address) in zip(scripts, turns, strict=False):
        with without(page, script):
            page.goto(address)
            says_what_it_lacks(page, script)
            page.fill("#composer-body", f"Without {script}")
            page.click(".composer__send")
            expect(page.locator(LAST)).to_have_text(f"Without {script}")
            expect(page.locator("#composer-body")).to_have_value("")
            expect(page.locator("[data-state]").last).to_have_text("Sent")
    assert stored() == [f"Without {script}" for script in scripts]


@only_whole
def test_one_asks_from_a_product_page_without_any_one_script(
    person: Person, shopper: User, product: Product
) -> None:
    page = person(shopper)
    address = product.get_absolute_url()
    scripts = scripts_of(page, address)
    for script in scripts:
        with without(page, script):
            page.goto(address)
            says_what_it_lacks(page, script)
            page.fill("#ask-body", f"Without {script}")
            page.click(".ask button.button--primary")
            expect(page.locator(LAST)).to_have_text(f"Without {script}")
    assert stored() == [f"Without {script}" for script in scripts]


def test_a_whole_page_says_nothing(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    page.goto(conversation.get_absolute_url())
    live(page)
    write(page, "Hello?")
    expect(page.locator("[data-state]").last).to_have_text("Sent")
    expect(page.locator(WORD)).to_be_hidden()


@only_whole
def test_a_page_that_waits_for_a_script_says_so_until_it_comes(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    held: list[Route] = []
    page.route("**/js/bundles/conversation.js", lambda route: held.append(route))
    page.goto(conversation.get_absolute_url(), wait_until="commit")
    expect(page.locator(WORD)).to_be_visible()
    live(page)
    for route in held:
        route.continue_()
    expect(page.locator(WORD)).to_be_hidden()
    write(page, "At last")
    expect(page.locator("[data-state]").last).to_have_text("Sent")


@only_whole
def test_a_page_whose_texts_do_not_come_works_in_english(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    page.route(re.compile(r"//[^/]+/text\.js$"), lambda route: None)  # it hangs
    page.goto(conversation.get_absolute_url(), wait_until="commit")
    live(page)
    write(page, "Hello?")
    expect(page.locator("[data-state]").last).to_have_text("Sent")


@only_whole
def test_what_loads_late_is_told_what_it_missed(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    page = person(shopper)
    held: list[Route] = []
    for script in ("conversation", "site"):
        page.route(f"**/js/bundles/{script}.js", lambda route: held.append(route))
    page.goto(conversation.get_absolute_url(), wait_until="commit")
    live(page)
    asking = person(seller)
    asking.goto(conversation.get_absolute_url())
    live(asking)
    write(asking, "Yes, it is.")
    expect(asking.locator("[data-state]").last).to_have_text("Sent")
    expect(page.locator(".message")).to_have_count(0)
    for route in held:
        route.continue_()
    expect(page.locator(".message__body")).to_have_text(["Yes, it is."])
    expect(page.locator(WORD)).to_be_hidden()
