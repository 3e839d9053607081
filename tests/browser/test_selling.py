"""A seller's pages: sign-up with a shop, pictures, and the product list."""

import io
import re

from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Product, Shop
from tests.browser.acts import Person
from tests.whole import only_whole

MEGABYTE = 1024**2


def picture(name: str, colour: str) -> FilePayload:
    file = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(file, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": file.getvalue()}


def choose(page: Page, *files: FilePayload) -> None:
    page.set_input_files("[name=pictures]", files)
    page.get_by_role("button", name="Save").first.click()


def shown(page: Page) -> list[str]:
    """Return the descriptions of the form's pictures, in order."""
    values: list[str] = page.locator("[name=alt]").evaluate_all(
        "all => all.map((one) => one.value)"
    )
    return values


def test_pictures_are_added_described_ordered_and_removed(
    person: Person, seller: User, product: Product
) -> None:
    page = person(seller)
    page.goto(f"/my/products/{product.slug}/")
    choose(page, picture("front.png", "red"), picture("back.png", "blue"))
    expect(page.locator(".picture")).to_have_count(2)
    for number, words in enumerate(("From the front", "From the back")):
        row = page.locator(".picture").nth(number)
        row.locator("[name=alt]").fill(words)
        row.get_by_role("button", name="Save").click()
        expect(page.locator(".notice")).to_contain_text("Saved.")
    page.locator(".picture").nth(1).get_by_role("button", name="Move up").click()
    expect(page.locator("[name=alt]").first).to_have_value("From the back")
    assert shown(page) == ["From the back", "From the front"]
    assert [image.alt for image in product.images.all()] == shown(page)
    page.locator(".picture").first.get_by_role("button", name="Remove").click()
    expect(page.locator(".picture")).to_have_count(1)
    assert shown(page) == ["From the front"]
    page.goto(product.get_absolute_url())
    expect(page.locator(".gallery img")).to_have_attribute("alt", "From the front")


@only_whole
def test_a_picture_that_is_too_big_is_refused_in_words_and_the_rest_of_the_form_is_kept(
    person: Person, seller: User, product: Product
) -> None:
    page = person(seller)
    page.goto(f"/my/products/{product.slug}/")
    page.fill("[name=title]", "Deep bowl")
    big: FilePayload = picture("holiday.png", "red")
    choose(page, {**big, "buffer": big["buffer"] + bytes(11 * MEGABYTE)})
    error = page.locator(".field__error")
    expect(error).to_contain_text("holiday.png")
    expect(error).to_contain_text("larger than 10 MB")
    expect(page.locator("[name=title]")).to_have_value("Deep bowl")
    product.refresh_from_db()
    assert product.title == "Speckled bowl"
    assert not product.images.exists()


def test_who_sells_names_the_shop_while_signing_up(person: Person) -> None:
    page = person(None)
    page.goto("/accounts/signup/")
    shop_name = page.locator("[name=shop_name]")
    expect(shop_name).to_be_hidden()
    page.get_by_label("I want to sell").check()
    shop_name.fill("Barro y Sal")
    page.fill("[name=name]", "Marta Vidal")
    page.fill("[name=email]", "marta@example.com")
    page.fill("[name=password1]", "a-good-long-one")
    page.click("form.signup button")
    expect(page.locator("h1")).to_have_text("Confirm your email")
    assert Shop.objects.get().members.get().email == "marta@example.com"


@only_whole
def test_filters_that_are_on_are_shown_and_taken_off_one_by_one(
    person: Person, product: Product
) -> None:
    ProductFactory(title="Deep bowl", price=9000, category=product.category)
    ProductFactory(title="Candle", price=1000)
    page = person(None)
    page.goto("/products/")
    expect(page.locator(".chip")).to_have_count(0)
    page.fill("[name=q] >> nth=1", "bowl")
    page.fill("[name=high]", "50")
    page.get_by_role("button", name="Apply").click()
    chips, tiles = page.locator(".chip"), page.locator(".product-tile__title")
    expect(tiles).to_have_text(["Speckled bowl"])
    expect(chips).to_have_text([re.compile(r"^\s*bowl"), re.compile(r"^\s*up to €50")])
    chips.nth(1).click()
    expect(tiles).to_have_text(["Deep bowl", "Speckled bowl"])
    expect(chips).to_have_text([re.compile(r"^\s*bowl")])
    page.get_by_role("link", name="Clear all").click()
    expect(tiles).to_have_count(3)
    expect(chips).to_have_count(0)


@only_whole
def test_a_price_is_stored_as_it_was_written_and_once(
    person: Person, seller: User, product: Product
) -> None:
    page = person(seller)
    page.goto("/my/products/new/")
    page.fill("[name=title]", "Vase")
    page.select_option("[name=category]", str(product.category_id))
    amount = page.locator("[name=amount]")
    amount.press_sequentially("12,50")
    amount.hover()
    page.mouse.wheel(0, -200)
    amount.press("ArrowUp")
    expect(amount).to_have_value("12,50")
    page.get_by_role("button", name="Save", exact=True).dblclick()
    expect(page.locator(".notice")).to_contain_text("Saved as a draft.")
    assert Product.objects.get(title="Vase").price == 1250
    amount.fill("1.250")
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator(".field__error")).to_contain_text("can be read in two ways")
    expect(amount).to_have_value("1.250")
    assert Product.objects.get(title="Vase").price == 1250
