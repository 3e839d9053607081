"""A product's page: the way to the question, and the pictures."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Product
from tests.browser.acts import Person
from tests.products import ProductImageFactory
from tests.whole import only_whole, some_of

SIZES = [(390, 844), (390, 420), (820, 1180), (1280, 800), (1600, 900)]


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("size", some_of(SIZES, 2))
def test_asking_is_reachable_without_scrolling(
    size: tuple[int, int], scripts: bool, person: Person, product: Product
) -> None:
    viewport: Any = {"width": size[0], "height": size[1]}
    page = person(None, viewport=viewport, java_script_enabled=scripts)
    ProductImageFactory.create_batch(3, product=product)
    page.goto(product.get_absolute_url())
    link, title = page.locator(".ask-bar a"), page.locator("#ask-title")
    if size[0] == 390:
        expect(link).to_be_in_viewport(ratio=1)
        link.click()
        expect(page.locator("#ask-body")).to_be_in_viewport()
    else:
        expect(title).to_be_in_viewport(ratio=1)
    # It doesn't cover what it leads to.
    expect(link).to_be_visible(visible=size[0] < 960 and not scripts)


@only_whole
def test_the_own_shops_page_has_no_bar(person: Person, seller: User, product: Product) -> None:
    page = person(seller, viewport={"width": 390, "height": 844})
    page.goto(product.get_absolute_url())
    expect(page.locator(".ask")).to_be_visible()
    expect(page.locator(".ask-bar")).to_be_hidden()


@only_whole
def test_pictures_are_a_row_that_snaps_on_a_phone(person: Person, product: Product) -> None:
    ProductImageFactory.create_batch(3, product=product)
    page = person(None, viewport={"width": 390, "height": 844})
    page.goto(product.get_absolute_url())
    tops = page.locator(".gallery > a").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect().top)"
    )
    assert len(tops) >= 3
    assert len(set(tops)) == 1
    expect(page.locator(".gallery")).to_have_css("scroll-snap-type", "x mandatory")
    expect(page.locator("h1")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@only_whole
@pytest.mark.parametrize(("stock", "offered"), [(3, True), (0, False)])
def test_only_what_is_in_stock_offers_to_ask_whether_it_is(
    stock: int, offered: bool, person: Person
) -> None:
    product = ProductFactory(stock=stock)
    page = person(None)
    page.goto(product.get_absolute_url())
    expect(page.get_by_role("button", name="Can it be customised?")).to_be_visible()
    question = page.get_by_role("button", name="Is this still available?")
    expect(question).to_have_count(int(offered))


@only_whole
@pytest.mark.parametrize(("width", "is_one_line"), [(390, True), (820, False), (1280, False)])
def test_filters_are_one_line_on_a_phone_and_cut_no_option(
    width: int, is_one_line: bool, person: Person, product: Product
) -> None:
    page = person(None, viewport={"width": width, "height": 844}, locale="es-ES")
    page.goto("/products/")
    summary, field = page.locator(".filter-box > summary"), page.locator("[name=category]")
    expect(field).to_be_visible(visible=not is_one_line)
    expect(summary).to_be_visible(visible=is_one_line)
    if is_one_line:
        box = page.locator(".filter-box").bounding_box()
        assert box
        assert box["height"] < 60
        summary.click()
    # Even without a width limit, the select would need no more than it has.
    cut = page.locator(".filters select").evaluate_all(
        """all => all.filter((one) => {
            const given = one.offsetWidth;
            one.style.width = "max-content";
            return one.offsetWidth > given;
        }).map((one) => one.name)"""
    )
    assert cut == []
