"""Messages in runs, their menus, and how many of them fit on a small screen."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.factories import MessageFactory, ParticipantFactory
from messaging.models import Conversation, Message, Side
from tests.browser.acts import Person, live, open_thread, says, state, write
from tests.browser.inspector import languages
from tests.browser.lines import Line
from tests.whole import only_whole

WITH_KEYBOARD: Any = {"width": 390, "height": 420}
PHONE: Any = {"viewport": WITH_KEYBOARD, "has_touch": True, "is_mobile": True}
# How each message is rendered: whether it continues a run, and whether the next one does.
DRAWN = """all => all.map(({ dataset }) => [
    Number(dataset.sequence), "grouped" in dataset, "continued" in dataset,
])"""


def said(conversation: Conversation, who: str, *, unread_from: int = 0) -> list[Message]:
    """Let S(eller) and C(onsumer) write; `|` is a pause that ends a run."""
    people = {"S": conversation.shop.memberships.earliest("pk").user, "C": conversation.consumer}
    at = timezone.now() - timedelta(minutes=20)
    for letter in who:
        at += timedelta(minutes=6) if letter == "|" else timedelta(seconds=1)
        if letter != "|":
            MessageFactory(conversation=conversation, sender=people[letter], created_at=at)
    messages = list(conversation.messages.order_by("sequence"))
    for side, user in ((Side.CONSUMER, people["C"]), (Side.SELLER, people["S"])):
        read = unread_from - 1 if unread_from and side == Side.CONSUMER else len(messages)
        ParticipantFactory(conversation=conversation, user=user, side=side, last_read_sequence=read)
    return messages


def drawn(page: Page) -> list[list[Any]]:
    shown: list[list[Any]] = page.locator(".message").evaluate_all(DRAWN)
    return shown


def test_the_server_and_the_browser_group_alike(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    said(conversation, "SSSCCS|SSSC", unread_from=8)
    without = person(shopper, java_script_enabled=False)
    without.goto(conversation.get_absolute_url())
    by_server = drawn(without)
    assert [number for number, grouped, _ in by_server if not grouped] == [1, 4, 6, 7, 8, 10]
    assert [number for number, _, goes_on in by_server if not goes_on] == [3, 5, 6, 7, 9, 10]
    conversation.participants.filter(user=shopper).update(last_read_sequence=7)
    page = person(shopper)
    open_thread(page, conversation)
    expect(page.locator(".messages__new")).to_be_attached()
    assert drawn(page) == by_server


@only_whole
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati"])
def test_the_day_is_above_the_line_for_new_messages(
    zone: str, person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    """Even if the reader's day isn't the server's, so that the browser renders its own."""
    said(conversation, "SSS", unread_from=3)
    noon = timezone.now().replace(hour=12) - timedelta(days=3)
    conversation.messages.update(created_at=noon - timedelta(days=2))
    conversation.messages.filter(sequence__gt=2).update(created_at=noon)
    lines = "all => all.map(({ classList, dataset }) => dataset.sequence ?? classList[0])"
    drawn = ["messages__day", "1", "2", "messages__day", "messages__new", "3"]
    without = person(shopper, java_script_enabled=False)
    without.goto(conversation.get_absolute_url())
    assert without.locator(".messages > li").evaluate_all(lines) == drawn
    conversation.participants.filter(user=shopper).update(last_read_sequence=2)
    page = person(shopper, timezone_id=zone)
    open_thread(page, conversation)
    assert page.locator(".messages > li").evaluate_all(lines) == drawn
    days = page.locator(".messages__day").evaluate_all("all => all.map((day) => day.dataset.day)")
    shift = timedelta(days=zone != "UTC")
    assert days == [f"{at + shift:%Y-%m-%d}" for at in (noon - timedelta(days=2), noon)]


@only_whole
def test_runs_continue_over_new_older_and_missed_messages(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    said(conversation, "SC" + "S" * settings.HISTORY_PAGE_SIZE)
    page, answering = person(shopper), person(seller)
    line = Line(page)
    for one in (page, answering):
        open_thread(one, conversation)
    first = page.locator(".message").first
    expect(first).not_to_have_attribute("data-grouped", "")
    page.locator(".thread__scroll").evaluate("(box) => { box.scrollTop = 0; }")
    expect(page.locator("#message-1")).to_be_attached()
    last = settings.HISTORY_PAGE_SIZE + 2
    expect(page.locator(f"#message-{last} .message__meta")).to_be_visible()
    # One of a run arrives, one is missed, and the reader writes two.
    write(answering, "Live")
    says(page, "Live")
    line.cut()
    write(answering, "Missed")
    state(answering, "Sent")
    line.mend()
    says(page, "Missed")
    live(page)
    write(page, "One")
    write(page, "Two")
    state(page, "Read")
    shown = drawn(page)
    starts = [number for number, grouped, _ in shown if not grouped]
    ends = [number for number, _, goes_on in shown if not goes_on]
    assert starts == [1, 2, 3, last + 1, last + 3]
    assert ends == [1, 2, last, last + 2, last + 4]
    expect(page.locator(f"#message-{last + 2} .message__meta")).to_be_visible()
    expect(page.locator(f"#message-{last + 1} .message__meta")).to_be_hidden()
    page.reload()
    live(page)
    # Except for the first one of a page, whose name is always shown.
    assert drawn(page)[1:] == shown[-settings.HISTORY_PAGE_SIZE + 1 :]


@only_whole
@languages
def test_four_messages_are_in_view_over_a_phones_keyboard(
    locale: str, person: Person, shopper: User, conversation: Conversation
) -> None:
    said(conversation, "SCSCSCSC")
    page = person(shopper, locale=locale, **PHONE)
    open_thread(page, conversation)
    for sequence in (5, 6, 7, 8):
        expect(page.locator(f"#message-{sequence} .message__bubble")).to_be_in_viewport(ratio=1)
    hidden = "([...all]) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).length"
    assert page.locator(".thread__scroll, .thread__head, .composer").evaluate_all(hidden) == 0
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".site-header")).to_be_visible()


@only_whole
def test_the_field_has_focus_where_the_pointer_is_fine(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    said(conversation, "S")
    page, phone = person(shopper), person(shopper, **PHONE)
    for one in (page, phone):
        open_thread(one, conversation)
        one.wait_for_function("document.querySelector('trato-composer').draft")
    expect(page.locator("#composer-body")).to_be_focused()
    expect(phone.locator("#composer-body")).not_to_be_focused()


@only_whole
@pytest.mark.parametrize("scripts", [True, False])
def test_a_messages_menu_says_whose_it_is_and_leads_to_the_report(
    scripts: bool, person: Person, shopper: User, conversation: Conversation
) -> None:
    message = said(conversation, "CS")[1]
    page = person(shopper, java_script_enabled=scripts)
    open_thread(page, conversation, wait=scripts)
    assert page.locator(".message__menu").count() == 2
    name = f"Options for the message from {message.sender.name}"
    menu = page.locator(f"summary[aria-label='{name}']")
    expect(menu).to_have_css("opacity", "0" if scripts else "1")
    page.locator("#message-2").hover()
    expect(menu).to_have_css("opacity", "1")
    menu.focus()
    page.keyboard.press("Enter")
    page.click(".message__report")
    expect(page).to_have_url(f"{conversation.get_absolute_url()}messages/2/report/")


@only_whole
def test_a_new_messages_menu_has_the_same_name(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    said(conversation, "C")
    page, answering = person(shopper), person(seller)
    for one in (page, answering):
        open_thread(one, conversation)
    write(answering, "Hello")
    menu = page.locator("#message-2 summary")
    expect(menu).to_have_attribute("aria-label", f"Options for the message from {seller.name}")


@only_whole
def test_a_long_press_opens_a_messages_menu(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    said(conversation, "S")
    page = person(shopper, **PHONE)
    open_thread(page, conversation)
    box = page.locator(".message__body").bounding_box()
    assert box
    touch = page.context.new_cdp_session(page)
    at = [{"x": box["x"] + 5, "y": box["y"] + 5}]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": at})
    expect(page.locator(".message__report")).to_be_visible()
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator(".message__report")).to_be_visible()
    expect(page.locator(".message__reaction")).to_have_count(0)  # below the lifted finger
    page.locator(".thread__title").tap()  # the menu covers the end of a phone's screen
    expect(page.locator(".message__report")).to_be_hidden()
