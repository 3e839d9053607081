"""Parts of every page: the inbox and its count, notices, the line about the connection."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.factories import MessageFactory
from messaging.models import Conversation
from tests.browser.acts import Person, badge, live, open_thread, write
from tests.browser.inspector import languages
from tests.whole import only_whole

STATUS = "#connection"
WORDS = {"en-GB": "Inbox", "es-ES": "Bandeja de entrada"}
BRIGHTNESS = """(selector) => {
    const channel = (value) => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const brightness = (element) => {
        const rgb = getComputedStyle(element).backgroundColor.match(/\\d+/g).slice(0, 3);
        const [r, g, b] = rgb.map((value) => channel(value / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    };
    const ground = brightness(document.querySelector(".thread"));
    return [...document.querySelectorAll(selector)].map((one) => brightness(one) / ground);
}"""


def box(page: Page, selector: str) -> Any:
    rectangle = page.locator(selector).bounding_box()
    assert rectangle
    return rectangle


@languages
def test_the_inbox_has_one_name_and_its_count_beside_its_icon(
    locale: str, person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    answering = person(seller)
    open_thread(answering, conversation)
    write(answering, "Yes, it is.")
    page = person(shopper, locale=locale)
    page.goto("/conversations/")
    badge(page, 1)
    word = WORDS[locale]
    link = page.locator(".site-nav a:has([data-badge=conversations])")
    expect(link).to_have_attribute("href", "/conversations/")
    expect(link).to_have_attribute("title", word)
    expect(link).to_contain_text(word)
    expect(page.locator("h1")).to_have_text(word)
    assert word in page.title()
    expect(page.locator(".menu__panel a[href='/conversations/']")).to_have_text(word)
    icon = box(page, ".site-nav a:has([data-badge=conversations]) svg")
    count = box(page, "[data-badge=conversations]")
    assert icon["x"] + icon["width"] <= count["x"]


@only_whole
def test_a_notice_is_in_the_pages_column_and_can_be_closed(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation, sender=seller)
    page = person(shopper)
    page.goto(f"{conversation.get_absolute_url()}block/")
    page.locator("main").get_by_role("button", name="Block").click()
    expect(page.locator(".notice")).to_contain_text("You've blocked")
    column, notice = box(page, ".thread"), box(page, ".notice")
    assert column["x"] <= notice["x"]
    assert notice["x"] + notice["width"] <= column["x"] + column["width"]
    page.click(".notice__close")
    expect(page.locator(".notice")).to_have_count(0)
    expect(page.locator("#main")).to_be_focused()


def test_being_offline_is_told_at_once_without_covering_anything(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    head = box(page, ".thread__head")
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 10_000"))  # so that nothing can have waited
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.locator(STATUS)).to_contain_text("No connection.")
    told, below = box(page, STATUS), box(page, ".thread__head")
    assert below["y"] == pytest.approx(head["y"] + told["height"], abs=1)
    assert told["y"] + told["height"] <= below["y"] + 1
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(STATUS)).to_have_text("You're back online.")


@only_whole
def test_somebody_who_does_not_want_to_wait_connects_now(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    page.evaluate(
        """async () => {
            const { session } = await import("trato/session");
            const { connection } = session;
            connection.retryNow = () => { window.retried = true; };
            dispatchEvent(new Event("offline"));
        }"""
    )
    page.get_by_role("button", name="Try now").click()
    assert page.evaluate("window.retried")


@only_whole
def test_bubbles_stand_out_in_the_dark(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    page, answering = person(shopper, color_scheme="dark"), person(seller)
    for one in (page, answering):
        open_thread(one, conversation)
    write(page, "Is it blue?")
    write(answering, "It is.")
    expect(page.locator(".message__bubble")).to_have_count(2)
    assert min(page.evaluate(BRIGHTNESS, ".message__bubble")) >= 1.3


@only_whole
def test_shapes_remain_with_forced_colours(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    answering = person(seller)
    open_thread(answering, conversation)
    write(answering, "It is.")
    page = person(shopper, forced_colors="active")
    page.goto("/conversations/")
    live(page)
    dot = page.locator(".inbox__dot")
    assert dot.evaluate(
        "(one) => getComputedStyle(one).backgroundColor"
        " !== getComputedStyle(document.body).backgroundColor"
    )
    tabs = page.locator(".tabs a").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).borderBottomColor)"
    )
    assert tabs[0] != tabs[1]
    open_thread(page, conversation)
    expect(page.locator(".message__bubble")).to_have_css("border-top-width", "1px")
    expect(page.locator(".messages__day")).to_have_css("border-top-width", "1px")
