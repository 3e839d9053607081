"""Saved replies in the message box: from the button, by a shortcut, and undone."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from catalog.models import Product, Shop
from messaging.factories import SavedReplyFactory
from messaging.models import Conversation, Message, SavedReply, SavedReplyFile
from tests.browser.acts import Person, bodies, open_thread, says, waits
from tests.uploads import PDF, jpeg
from tests.whole import only_whole, some_of

BOX = "#composer-body"
STATUS = ".replies__status"
PRICE = "Hi Lucía, the Speckled bowl costs €24.50."


@pytest.fixture
def replies(shop: Shop, seller: User) -> list[SavedReply]:
    return [
        SavedReplyFactory(
            shop=shop, name="Price", short="price",
            body="Hi {{ shopper }}, the {{ product }} costs {{ price }}.",
        ),
        SavedReplyFactory(shop=shop, name="Envío", short="envio", body="Sale el lunes.\n{{ me }}"),
        SavedReplyFactory(owner=seller, name="Stock", short="stock", body="{{ stock }} left."),
    ]  # fmt: skip


@pytest.fixture
def page(
    person: Person, seller: User, conversation: Conversation, replies: list[SavedReply]
) -> Page:
    page = person(seller)
    open_thread(page, conversation)
    expect(page.locator(".replies__button")).to_be_visible()
    return page


def type_in(page: Page, text: str) -> None:
    page.locator(BOX).press_sequentially(text)


def test_a_reply_from_the_list_is_inserted_at_the_cursor_and_undone(
    page: Page, replies: list[SavedReply]
) -> None:
    page.fill(BOX, "Good morning! Bye")
    page.locator(BOX).evaluate("(box) => box.setSelectionRange(14, 14)")
    page.click(".replies__button")
    expect(page.locator(".replies__item")).to_have_count(3)
    expect(page.locator(".replies__search")).to_be_focused()
    page.locator(".replies__search").press_sequentially("costs spéckled")
    expect(page.locator(".replies__item")).to_have_count(1)
    with page.expect_response("**/use/"):
        page.keyboard.press("Enter")
    expect(page.locator(BOX)).to_have_value(f"Good morning! {PRICE}Bye")
    expect(page.locator(BOX)).to_be_focused()
    expect(page.locator(STATUS)).to_have_text("Inserted “Price”.")
    page.keyboard.press("Control+z")
    expect(page.locator(BOX)).to_have_value("Good morning! Bye")
    assert SavedReply.objects.get(name="Price").uses == 1


def give_files(page: Page, reply: SavedReply) -> None:
    given: Any = [
        {"name": "kiln.jpg", "mimeType": "image/jpeg", "buffer": jpeg(800, 600)},
        {"name": "care.pdf", "mimeType": "application/pdf", "buffer": PDF},
    ]
    page.goto(f"/saved-replies/{reply.pk}/")
    page.set_input_files("[name=upload]", given)
    page.click("main .button--primary")
    expect(page.locator(".saved-reply__file")).to_have_count(2)


@only_whole
def test_a_replys_files_are_attached_and_sent(
    page: Page,
    person: Person,
    shopper: User,
    conversation: Conversation,
    replies: list[SavedReply],
) -> None:
    give_files(page, replies[0])
    asking = person(shopper)
    for one in (asking, page):
        open_thread(one, conversation)
    page.click(".replies__button")
    expect(page.locator(".replies__files:visible")).to_have_text("kiln.jpg, care.pdf")
    page.click(".replies__item >> text=care.pdf")
    lines = page.locator(".attachment__name")
    expect(lines).to_have_text(["kiln.jpg", "care.pdf"])
    expect(page.locator(".attachment img").first).to_be_visible()
    page.get_by_role("button", name="Remove care.pdf").click()
    expect(lines).to_have_text(["kiln.jpg"])
    page.click(".composer__send")
    for one in (page, asking):
        expect(one.locator(".files__picture img")).to_have_count(1)
    expect(page.locator(".attachment")).to_have_count(0)
    assert Message.objects.get().files.get().name == "kiln.jpg"


@only_whole
def test_a_message_waits_for_the_files_of_its_reply_and_an_edit_has_none(
    page: Page, conversation: Conversation, replies: list[SavedReply]
) -> None:
    give_files(page, replies[0])
    open_thread(page, conversation)
    held: list[Route] = []
    page.route("**/use/", lambda route: held.append(route))
    type_in(page, "/price")
    with page.expect_request("**/use/"):
        page.keyboard.press("Enter")
    expect(page.locator(BOX)).to_have_value(PRICE)
    page.keyboard.press("Enter")
    wait = "Wait until the files are uploaded."
    expect(page.locator("[data-attachments-said]")).to_have_text(wait)
    page.click(".send-later summary")
    page.click(".send-later__times button >> nth=0")
    expect(page.locator("#send-later-error")).to_have_text(wait)
    assert bodies(page) == []
    held[0].continue_()
    expect(page.locator(".files__picture img, .files__document")).to_have_count(2)
    waits(page, 0)
    message = Message.objects.get()
    assert (message.body, message.files.count()) == (PRICE, 2)
    expect(page.locator("[data-attachments-said]")).to_have_text("")

    page.unroute("**/use/")
    page.press(BOX, "Control+ArrowUp")
    expect(page.locator(BOX)).to_have_value(PRICE)
    page.fill(BOX, "")
    type_in(page, "/price")
    page.keyboard.press("Enter")
    expect(page.locator(STATUS)).to_contain_text("an edit only changes the text")
    expect(page.locator(".attachment")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator(BOX)).to_have_value("")

    SavedReplyFile.objects.update(is_ready=False)  # a colleague removes them
    type_in(page, "/price")
    page.keyboard.press("Enter")
    expect(page.locator(STATUS)).to_contain_text("couldn't be attached")
    page.keyboard.press("Enter")
    expect(page.locator(".message")).to_have_count(2)


@only_whole
def test_the_list_is_steered_by_keys(page: Page) -> None:
    page.click(".replies__button")
    options, search = page.locator("[role=option]"), page.locator(".replies__search")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(options.nth(0)).to_have_attribute("aria-selected", "false")
    expect(search).to_have_attribute("aria-activedescendant", "replies-option-1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(options.nth(2)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator(".replies__panel")).to_be_hidden()
    expect(page.locator(BOX)).to_be_focused()
    expect(page.locator(BOX)).to_have_value("")


@pytest.mark.parametrize("key", some_of(["Tab", "Enter"], 1))
def test_a_shortcut_becomes_its_reply_and_several_fit_one_message(
    key: str, page: Page, person: Person, shopper: User, conversation: Conversation
) -> None:
    type_in(page, "/price")
    page.keyboard.press(key)
    expect(page.locator(BOX)).to_have_value(PRICE)
    type_in(page, " /envío")
    page.keyboard.press(key)
    expect(page.locator(BOX)).to_have_value(f"{PRICE} Sale el lunes.\nMarta")
    assert bodies(page) == []
    page.keyboard.press("Enter")
    says(page, f"{PRICE} Sale el lunes.\nMarta")


@only_whole
def test_tab_completes_the_only_shortcut_that_fits(page: Page) -> None:
    type_in(page, "/pr")
    expect(page.locator(STATUS)).to_have_text("Tab inserts: /price – Price")
    page.keyboard.press("Tab")
    expect(page.locator(BOX)).to_have_value(PRICE)
    page.keyboard.press("Control+z")
    expect(page.locator(BOX)).to_have_value("/pr")


@only_whole
def test_enter_sends_what_is_no_shortcut(page: Page) -> None:
    for text in ("either/or", "1/price", "/nothing-like-it"):
        type_in(page, text)
        expect(page.locator(STATUS)).to_have_text("")
        page.keyboard.press("Enter")
        says(page, text)


@only_whole
def test_a_contradiction_is_said_in_the_list_and_afterwards(page: Page, product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(stock=0)
    page.click(".replies__button")
    expect(page.locator(".replies__notice")).to_have_text("This product is out of stock.")
    option = page.get_by_role("option").filter(has_text="0 left.")
    expect(option.locator(".replies__warning")).to_contain_text("This product is out of stock.")
    option.click()
    expect(page.locator(BOX)).to_have_value("0 left.")
    expect(page.locator(STATUS)).to_have_text("Inserted “Stock”. This product is out of stock.")


@only_whole
def test_without_scripts_a_page_lists_them(
    person: Person, seller: User, conversation: Conversation, replies: list[SavedReply]
) -> None:
    page = person(seller, java_script_enabled=False)
    page.goto(conversation.get_absolute_url())
    page.click(".replies__link")
    page.get_by_role("button", name="Use: Price").click()
    expect(page.locator(BOX)).to_have_value(PRICE)
    page.click(".composer__send")
    assert bodies(page) == [PRICE]


@only_whole
def test_keys_of_an_input_method_choose_no_reply(page: Page) -> None:
    enter = """(field) => field.dispatchEvent(new KeyboardEvent(
        "keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true },
    ))"""
    type_in(page, "/price")
    expect(page.locator(STATUS)).to_contain_text("Tab inserts")
    page.locator(BOX).evaluate(enter)
    page.click(".replies__button")
    expect(page.locator(".replies__item")).to_have_count(3)
    page.locator(".replies__search").evaluate(enter)
    expect(page.locator(".replies__item")).to_have_count(3)
    expect(page.locator(BOX)).to_have_value("/price")
