"""Drafts of questions to a shop."""

import pytest
from playwright.sync_api import Route, expect

from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Product, Shop
from tests.browser.acts import (
    Person,
    live,
)
from tests.whole import only_whole, some_of

from .outbox import stored


@only_whole
@pytest.mark.parametrize("asks", ["a person", "a visitor"])
def test_a_question_is_kept_while_it_is_written_in_three_tabs(
    asks: str, person: Person, shopper: User, shop: Shop
) -> None:
    products = ProductFactory.create_batch(3, shop=shop)
    first = person(shopper if asks == "a person" else None)
    tabs = [first, first.context.new_page(), first.context.new_page()]
    for page, product in zip(tabs, products, strict=True):
        page.goto(product.get_absolute_url())
        page.fill("#ask-body", f"About {product.title}")
    for page, product in zip(tabs, products, strict=True):
        box = page.locator("#ask-body")
        page.reload()
        expect(box).to_have_value(f"About {product.title}")
        page.get_by_role("button", name="Español").click()
        expect(page.locator("html")).to_have_attribute("lang", "es")
        expect(box).to_have_value(f"About {product.title}")
        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")


@only_whole
def test_a_question_that_was_sent_is_no_longer_in_the_panel(
    person: Person, shopper: User, product: Product
) -> None:
    page = person(shopper)
    page.goto(product.get_absolute_url())
    page.fill("#ask-body", "Is it blue?")
    page.click(".ask button.button--primary")
    expect(page.locator(".message__body")).to_have_text(["Is it blue?"])
    live(page)  # the thread's script has noticed that the question is there
    page.goto(product.get_absolute_url())
    expect(page.locator("#ask-body")).to_have_value("")
    page.fill("#ask-body", "Is it green?")
    page.click(".ask button.button--primary")
    expect(page.locator(".message__body")).to_have_text(["Is it blue?", "Is it green?"])


@pytest.mark.parametrize("lost", some_of(["answer", "question"], 1))
def test_a_question_that_was_lost_on_the_way_is_asked_once(
    lost: str, person: Person, shopper: User, product: Product
) -> None:
    page = person(shopper)
    page.goto(product.get_absolute_url())
    expect(page.locator(".ask__ready")).to_be_visible()  # the page's scripts have loaded

    def lose(route: Route) -> None:
        if lost == "answer":
            route.fetch()  # the server has received it
        route.abort()

    page.route("**/contact/", lose)
    page.fill("#ask-body", "Is it blue?")
    with page.expect_event("requestfailed", lambda request: "/contact/" in request.url):
        page.click(".ask button.button--primary", no_wait_after=True)
    page.unroute("**/contact/")
    page.goto(product.get_absolute_url())
    expect(page.locator("trato-ask:defined")).to_be_visible()
    if lost == "answer":  # the page knows that the server has it
        expect(page.locator("#ask-body")).to_have_value("")
    else:
        expect(page.locator("#ask-body")).to_have_value("Is it blue?")
        page.click(".ask button.button--primary")
        expect(page.locator(".message__body")).to_have_text(["Is it blue?"])
    assert stored() == ["Is it blue?"]


def test_what_a_visitor_wrote_goes_on_after_the_login_and_is_nobody_elses(
    person: Person, shopper: User, stranger: User, product: Product
) -> None:
    page = person(None)
    page.goto(product.get_absolute_url())
    page.fill("#ask-body", "Is it blue?")
    other = page.context.new_page()
    other.goto(product.get_absolute_url())
    expect(other.locator("#ask-body")).to_have_value("")
