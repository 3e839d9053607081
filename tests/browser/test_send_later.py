"""Sending later from the composer, while colleagues and the shopper have it open too."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.models import Conversation, Message, ScheduledMessage
from tests.browser.acts import Person, choose_in_menu, message_menu, open_thread, says, write
from tests.said import say
from tests.uploads import PDF, jpeg
from tests.whole import only_whole

BOX = "#composer-body"
MENU = ".send-later summary"
LIST = ".scheduled__item"
SUMMARY = ".scheduled__summary"
TOLD = ".dashboard__status"


@pytest.fixture
def asking(person: Person, shopper: User, conversation: Conversation) -> Page:
    page = person(shopper)
    open_thread(page, conversation)
    write(page, "Is it glazed?")
    return page


@pytest.fixture
def answering(person: Person, seller: User, asking: Page, conversation: Conversation) -> Page:
    page = person(seller)
    open_thread(page, conversation)
    says(page, "Is it glazed?")
    page.fill(BOX, "Yes, inside too.")
    page.click(MENU)
    return page


def in_days(days: int) -> str:
    return f"{timezone.now() + timedelta(days=days):%Y-%m-%dT%H:%M}"


def test_a_message_is_scheduled_and_colleagues_see_it(
    answering: Page, asking: Page, person: Person, colleague: User, conversation: Conversation
) -> None:
    beside = person(colleague)
    open_thread(beside, conversation)
    choose_in_menu(answering, 1, "quote")
    answering.click(MENU)
    answering.click(".send-later__times button >> nth=0")
    expect(answering.locator(SUMMARY)).to_contain_text("1 message scheduled")
    expect(answering.locator(BOX)).to_have_value("")
    expect(answering.locator(BOX)).to_be_focused()
    expect(answering.locator(".composer__about")).to_be_hidden()
    expect(beside.locator(SUMMARY)).to_contain_text("1 message scheduled")
    beside.click(SUMMARY)
    expect(beside.locator(LIST)).to_contain_text("Yes, inside too.")
    expect(beside.locator(f"{LIST} .message__quote")).to_contain_text("Is it glazed?")
    write(asking, "Hello?")
    expect(beside.locator(LIST)).to_contain_text("The shopper has written since")
    beside.click(f"{LIST} >> text=Send now")
    says(asking, "Yes, inside too.")
    expect(asking.locator("#message-3 .message__quote")).to_contain_text("Is it glazed?")
    for page in (answering, beside):
        says(page, "Yes, inside too.")
        expect(page.locator(SUMMARY)).to_have_count(0)


@only_whole
def test_what_was_scheduled_and_cancelled_is_said(answering: Page) -> None:
    answering.click(".send-later__times button >> nth=0")
    expect(answering.locator(TOLD)).to_contain_text("The message is scheduled.")
    answering.fill(BOX, "We deliver, too.")
    answering.click(MENU)
    answering.click(".send-later__times button >> nth=0")
    expect(answering.locator(SUMMARY)).to_contain_text("2 messages scheduled")
    answering.click(SUMMARY)
    answering.locator(LIST).last.get_by_role("button", name="Cancel").press("Enter")
    expect(answering.locator(TOLD)).to_contain_text("Cancelled. It won't be sent.")
    expect(answering.locator(LIST)).to_have_count(1)
    expect(answering.locator(f"{LIST} button:focus")).to_have_count(1)
    answering.locator(LIST).get_by_role("button", name="Cancel").press("Enter")
    expect(answering.locator(SUMMARY)).to_have_count(0)
    expect(answering.locator(BOX)).to_be_focused()


@only_whole
def test_a_quote_loses_words_that_are_withdrawn_while_it_waits(
    answering: Page, asking: Page
) -> None:
    choose_in_menu(answering, 1, "quote")
    answering.click(MENU)
    answering.click(".send-later__times button >> nth=0")
    answering.click(SUMMARY)
    quote = answering.locator(f"{LIST} .message__quote")
    expect(quote).to_contain_text("Is it glazed?")
    message_menu(asking, 1)
    for _ in range(2):  # the second click confirms it
        asking.click("#message-1 [data-do=withdraw]")
    expect(quote).to_contain_text("This message isn't there any more.")
    expect(quote).not_to_contain_text("glazed")


@only_whole
def test_files_wait_with_the_message_and_are_sent_with_it(answering: Page, asking: Page) -> None:
    answering.keyboard.press("Escape")
    answering.fill(BOX, "")
    given: Any = [
        {"name": "bowl.jpg", "mimeType": "image/jpeg", "buffer": jpeg(800, 600)},
        {"name": "care.pdf", "mimeType": "application/pdf", "buffer": PDF},
    ]
    answering.set_input_files("input[data-choose]:not([capture])", given)
    expect(answering.locator(".attachment progress:visible")).to_have_count(0)
    answering.click(MENU)
    answering.click(".send-later__times button >> nth=0")
    expect(answering.locator(SUMMARY)).to_contain_text("1 message scheduled")
    expect(answering.locator(".attachment")).to_have_count(0)
    answering.click(SUMMARY)
    expect(answering.locator(".scheduled__file")).to_have_text(["bowl.jpg", "care.pdf"])
    answering.reload()
    expect(answering.locator(".attachment")).to_have_count(0)
    answering.click(SUMMARY)
    answering.click(f"{LIST} >> text=Send now")
    for page in (asking, answering):
        expect(page.locator(".files__picture img")).to_have_count(1)
        expect(page.locator(".files__document")).to_contain_text("care.pdf")
    expect(answering.locator(SUMMARY)).to_have_count(0)
    assert Message.objects.get(side="seller").files.count() == 2


@only_whole
def test_a_chosen_time_is_refused_beside_the_field_and_the_text_stays(answering: Page) -> None:
    answering.click("[value=choose]")
    field = answering.locator("#send-later-time")
    expect(field).to_be_focused()
    field.fill("2020-01-01T09:00")
    field.press("Enter")
    expect(answering.locator("#send-later-error")).to_have_text(
        "That time has passed. Choose a later one."
    )
    expect(answering.locator(BOX)).to_have_value("Yes, inside too.")
    field.fill(in_days(3))
    field.press("Enter")
    expect(answering.locator(SUMMARY)).to_contain_text("1 message scheduled")
    assert not Message.objects.filter(side="seller").exists()
    answering.click(SUMMARY)
    answering.click(f"{LIST} >> text=Cancel")
    expect(answering.locator(SUMMARY)).to_have_count(0)
    assert ScheduledMessage.objects.get().state == "cancelled"


@only_whole
def test_it_says_what_was_seen_and_when_it_will_be_sent(
    answering: Page, conversation: Conversation, shopper: User
) -> None:
    tomorrow = answering.locator(".send-later__times button").last
    expect(tomorrow).to_contain_text(re.compile(r"Tomorrow: \w+, .*\d{1,2}:00"))
    # What the shopper writes now is not on the page: a message is on its way to it.
    answering.evaluate("document.querySelector('trato-thread').receive = () => {}")
    say(shopper, conversation, "Hello?")
    expect(answering.locator(".inbox__preview")).to_contain_text("Hello?")
    tomorrow.click()
    expect(answering.locator(LIST)).to_contain_text("The shopper has written since, so it won't")


@only_whole
def test_a_menu_that_was_open_overnight_is_drawn_again(
    person: Person, seller: User, conversation: Conversation
) -> None:
    page = person(seller)
    page.clock.install()
    open_thread(page, conversation)
    time = page.locator(".send-later__times time").last
    time.evaluate("time => time.textContent = 'Mon, 2 Jan, 9:00'")
    page.clock.fast_forward("00:02:00")
    page.click(MENU)
    expect(time).not_to_have_text("Mon, 2 Jan, 9:00")


@only_whole
def test_one_that_is_due_is_sent_by_a_server(answering: Page, asking: Page) -> None:
    answering.click(".send-later__times button >> nth=0")
    expect(answering.locator(SUMMARY)).to_have_count(1)
    ScheduledMessage.objects.update(send_at=timezone.now())
    says(asking, "Yes, inside too.")
    expect(answering.locator(SUMMARY)).to_have_count(0)
    assert Message.objects.filter(side="seller").count() == 1


@only_whole
def test_it_works_without_scripts(
    person: Person, seller: User, conversation: Conversation, asking: Page
) -> None:
    page = person(seller, java_script_enabled=False)
    open_thread(page, conversation, wait=False)
    page.fill(BOX, "Yes, inside too.")
    page.click(MENU)
    page.click("[value=choose]")
    expect(page.locator("[name=body]")).to_have_value("Yes, inside too.")
    page.fill("[name=send_at]", "2020-01-01T09:00")
    page.click("text=Schedule")
    expect(page.locator(".field__error")).to_contain_text("That time has passed.")
    page.fill("[name=send_at]", in_days(3))
    page.click("text=Schedule")
    page.click(SUMMARY)
    expect(page.locator(LIST)).to_contain_text("Yes, inside too.")
    page.click(f"{LIST} >> text=Edit")
    page.fill("[name=body]", "Yes, and outside.")
    page.click("text=Schedule")
    page.click(SUMMARY)
    expect(page.locator(LIST)).to_contain_text("Yes, and outside.")


@only_whole
def test_its_pages_are_accessible(
    inspect: Any, seller: User, conversation: Conversation, answering: Page
) -> None:
    answering.click(".send-later__times button >> nth=0")
    expect(answering.locator(SUMMARY)).to_have_count(1)
    row = ScheduledMessage.objects.get()
    inspector = inspect(seller)
    address = conversation.get_absolute_url()
    inspector.tour([f"{address}scheduled/{row.pk}/", "/conversations/figures/?days=7", address])
    inspector.page.click(SUMMARY)
    inspector.page.click(MENU)
    inspector.page.click("[value=choose]")
    inspector.look()
    assert "\n".join(map(str, inspector.problems)) == ""
