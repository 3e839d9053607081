"""The menu of one message: where it is drawn, and where the focus goes."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from accounts.models import User
from messaging.models import Conversation, Message
from tests.browser.acts import Person, message_menu, open_thread
from tests.said import say
from tests.whole import only_whole

NON_TEXT_CONTRAST = 3.0  # WCAG 2.2, 1.4.11


@only_whole
def test_the_menu_of_the_last_message_shows_all_its_items(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "Is it still there?")
    say(seller, conversation, "Yes")
    say(shopper, conversation, "Thank you")
    page = person(shopper)
    for width in (390, 820, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        open_thread(page, conversation)
        for number in (1, 2, 3):
            message_menu(page, number)
            for item in page.locator(f"#message-{number} .menu__panel :is(a, button)").all():
                expect(item).to_be_in_viewport(ratio=1)
            page.keyboard.press("Escape")


@only_whole
def test_the_focus_stays_at_a_message_that_is_withdrawn(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "Oops")
    page = person(shopper)
    open_thread(page, conversation)
    message_menu(page, 1)
    page.locator("#message-1 [data-do=withdraw]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#message-1 .message__removed")).to_be_visible()
    expect(page.locator("#message-1")).to_be_focused()


def test_arrow_keys_lead_from_the_button_into_the_menu_and_round(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "Is it still there?")
    page = person(shopper)
    open_thread(page, conversation)
    items = page.locator("#message-1 .menu__panel :is(a, button)")
    for key, place in (("ArrowDown", items.first), ("ArrowUp", items.last)):
        message_menu(page, 1)
        expect(page.locator("#message-1 summary")).to_be_focused()
        page.keyboard.press(key)
        expect(place).to_be_focused()
        page.keyboard.press("Escape")


@only_whole
def test_the_dots_of_its_button_stand_out(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "Is it still there?")
    page = person(shopper, color_scheme="light")
    open_thread(page, conversation)
    page.locator("#message-1 .message__menu summary").focus()
    icon = page.locator("#message-1 summary .icon").screenshot()
    grey = Image.open(io.BytesIO(icon)).convert("L").getextrema()
    assert isinstance(grey[0], float | int)
    darkest, lightest = (((one / 255 + 0.055) / 1.055) ** 2.4 for one in grey)
    assert (lightest + 0.05) / (darkest + 0.05) >= NON_TEXT_CONTRAST


def test_an_open_menu_stays_at_its_message_when_another_one_comes(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    for number in range(20):
        say(shopper, conversation, f"Line {number}")
    page = person(shopper)
    open_thread(page, conversation)
    message_menu(page, 20)
    page.keyboard.press("ArrowDown")
    first = page.locator("#message-20 [data-react]").first
    expect(first).to_be_focused()
    say(seller, conversation, "Yes\nit\nis")
    expect(page.locator("#message-21")).to_be_in_viewport(ratio=1)
    expect(first).to_be_focused()
    expect(page.locator("#message-20 [data-do=quote]")).to_be_in_viewport(ratio=1)
    page.locator(".thread__scroll").evaluate("(box) => box.scrollTo(0, 0)")
    expect(first).to_be_hidden()
    expect(page.locator(".thread__log")).to_be_focused()


@pytest.mark.parametrize("minutes", [-50, 40])
def test_what_one_may_do_does_not_depend_on_the_clock_of_ones_device(
    minutes: int, person: Person, shopper: User, conversation: Conversation
) -> None:
    old = say(shopper, conversation, "An hour ago")
    Message.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=1))
    say(shopper, conversation, "Helo")
    page = person(shopper)
    page.clock.install(time=timezone.now() + timedelta(minutes=minutes))
    open_thread(page, conversation)
    message_menu(page, 2)
    expect(page.locator("#message-2 [data-do=edit]")).to_have_count(1)
    page.keyboard.press("Escape")
    message_menu(page, 1)
    expect(page.locator("#message-1 [data-do=edit]")).to_have_count(0)
    expect(page.locator("#message-1 [data-do=withdraw]")).to_have_count(1)
