"""Buttons that disappear when they are used: the focus goes where the person continues."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.models import Conversation
from tests.browser.acts import Person, block_socket, open_thread, polling, write
from tests.browser.files import CHOOSE, LINES, photo
from tests.browser.outbox import come_back_with_old_lines
from tests.whole import only_whole, some_of

BOX = "#composer-body"


def refuse(page: Page, address: str) -> None:
    page.route(address, lambda route: route.fulfill(status=400, json={"detail": "No."}))


@pytest.mark.parametrize("button", some_of(["[data-discard]", "[data-retry]"], 1))
def test_after_a_failed_message_one_continues_in_the_box(
    person: Person, shopper: User, conversation: Conversation, button: str
) -> None:
    page = person(shopper)
    block_socket(page)
    refuse(page, "**/new_message/")
    open_thread(page, conversation, wait=False)
    polling(page)
    write(page, "Hello?")
    used = page.locator(f".message {button}:visible")
    expect(used).to_be_visible()
    page.unroute("**/new_message/")
    used.focus()
    page.keyboard.press("Enter")
    expect(used).to_have_count(0)
    expect(page.locator(BOX)).to_be_focused()


@only_whole
def test_on_a_phone_no_keyboard_comes_up_for_that(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper, has_touch=True, is_mobile=True)
    block_socket(page)
    refuse(page, "**/new_message/")
    open_thread(page, conversation, wait=False)
    polling(page)
    page.fill(BOX, "Hello?")
    page.click(".composer__send")
    page.locator(".message [data-discard]:visible").tap()
    expect(page.locator(".message")).to_have_count(0)
    expect(page.locator(".thread__log")).to_be_focused()


@only_whole
def test_after_a_failed_note_one_continues_in_the_box(
    person: Person, seller: User, conversation: Conversation
) -> None:
    page = person(seller)
    open_thread(page, conversation)
    refuse(page, "**/notes/")
    page.get_by_role("radio", name="Note").check(force=True)
    box = page.get_by_label("Internal note")
    box.fill("Hello?")
    box.press("Enter")
    page.locator(".note [data-discard]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".note[data-waiting]")).to_have_count(0)
    expect(box).to_be_focused()


@only_whole
def test_of_old_messages_the_next_one_is_in_focus(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    come_back_with_old_lines(page, conversation, 2)
    lines = page.locator(".unsent__item")
    lines.last.locator("[data-drop]").focus()
    page.keyboard.press("Enter")
    expect(lines).to_have_count(1)
    expect(lines.locator("a")).to_be_focused()
    lines.locator("[data-drop]").focus()
    page.keyboard.press("Enter")
    expect(lines).to_have_count(0)
    expect(page.locator("main")).to_be_focused()


@only_whole
def test_a_file_that_is_tried_again_keeps_the_focus(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    page.route(
        "**/files/", lambda route: route.fulfill(status=403, json={"detail": "There is no room."})
    )
    open_thread(page, conversation)
    page.set_input_files(CHOOSE, photo())
    again = page.locator(f"{LINES} [data-again]")
    expect(again).to_be_visible()
    page.unroute("**/files/")
    again.focus()
    page.keyboard.press("Enter")
    expect(again).to_be_hidden()
    expect(page.locator(f"{LINES} [data-remove]")).to_be_focused()
