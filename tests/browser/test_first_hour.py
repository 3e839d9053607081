"""A seller's first hour: from the front page to an answered question, by following the pages."""

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from playwright.sync_api import FilePayload, Locator, Page, expect

from accounts.models import User
from catalog.factories import CategoryFactory, ProductFactory
from catalog.models import Product, Shop
from tests.browser.acts import Person, says
from tests.products import picture
from tests.whole import only_whole, some_of

PHOTO: FilePayload = {"name": "jug.jpg", "mimeType": "image/jpeg", "buffer": picture()}
without_scripts = pytest.mark.parametrize("scripts", some_of([True, False], 1))


def next_step(page: Page) -> Locator:
    return page.locator(".first-step[aria-current=step] h3")


def sign_up_to_sell(page: Page) -> None:
    page.goto("/")
    page.locator("header").get_by_role("link", name="Open a shop").click()
    page.fill("[name=name]", "Ana Prieto")
    page.fill("[name=shop_name]", "Taller Sol")
    page.fill("[name=email]", "ana@example.com")
    page.fill("[name=password1]", "a-good-long-one")
    page.get_by_role("button", name="Create account").click()
    expect(page.locator("h1")).to_have_text("Confirm your email")
    address = EmailAddress.objects.get(email="ana@example.com")
    page.goto(f"/accounts/confirm-email/{EmailConfirmationHMAC.create(address).key}/")  # an email
    page.get_by_role("button", name="Confirm").click()


@without_scripts
def test_from_the_front_page_to_an_answered_question(
    scripts: bool, person: Person, shopper: User
) -> None:
    CategoryFactory(name="Ceramics")
    page = person(None, java_script_enabled=scripts)
    sign_up_to_sell(page)
    expect(page.locator("h1")).to_have_text("My products")
    expect(next_step(page)).to_have_text("Add a product")

    page.locator(".first-steps").get_by_role("link", name="Add a product").click()
    page.fill("[name=title]", "Blue jug")
    page.select_option("[name=category]", label="Ceramics")
    page.fill("[name=amount]", "24")
    page.set_input_files("[name=pictures]", PHOTO)
    page.get_by_role("button", name="Save and publish").click()
    expect(page.locator(".notice--success")).to_contain_text("Shoppers can see it now.")
    expect(next_step(page)).to_have_text("Tell people")
    address = page.get_by_label("Your shop's address").input_value()

    asking = person(shopper)
    asking.goto(address)
    asking.get_by_role("link", name="Blue jug").click()
    asking.fill("#ask-body", "Does it hold a litre?")
    asking.locator(".ask button.button--primary").click()
    says(asking, "Does it hold a litre?")

    page.get_by_title("Inbox").click()
    page.locator(".inbox__link").click()
    page.fill("#composer-body", "A little more than that.")
    page.get_by_role("button", name="Send", exact=True).click()
    says(asking, "A little more than that.")
    assert Product.objects.get().images.count() == 1


@only_whole
@without_scripts
def test_telling_people_finishes_the_steps(
    scripts: bool, person: Person, shop: Shop, seller: User
) -> None:
    ProductFactory(shop=shop)
    page = person(
        seller,
        java_script_enabled=scripts,
        permissions=["clipboard-read", "clipboard-write"],
    )
    page.goto("/my/products/")
    copy = page.get_by_role("button", name="Copy")
    if scripts:
        with page.expect_response("**/first-steps/"):
            copy.click()
        expect(page.locator(".copy [role=status]")).to_have_text("Copied")
        text = page.evaluate("navigator.clipboard.readText()")
        assert text.endswith(shop.get_absolute_url())
        page.reload()
    else:
        expect(copy).to_be_hidden()
        page.get_by_role("button", name="Done").click()
    expect(page.locator("h1")).to_have_text("My products")
    expect(page.locator(".first-steps")).to_have_count(0)
    shop.refresh_from_db()
    assert shop.first_steps_done_at
