"""Open pages forget text that was withdrawn or edited, however they are connected."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from messaging.editing.actions import edit, withdraw
from messaging.models import Conversation
from messaging.scheduled.actions import Plan, schedule
from tests.browser.acts import (
    Person,
    block_socket,
    choose_in_menu,
    live,
    open_thread,
    polling,
)
from tests.exports import said_with_files
from tests.said import say
from tests.uploads import jpeg
from tests.whole import only_whole, some_of

GONE = "This message isn't there any more."
PAGES = ["search/?words=quartzite", "messages/1/", "messages/1/report/"]


@only_whole
@pytest.mark.parametrize("page_of", some_of(PAGES, 1))
@pytest.mark.parametrize("is_live", [True, False])
def test_pages_without_the_conversation_say_what_its_messages_say_now(
    person: Person, shopper: User, seller: User, conversation: Conversation, page_of: str,
    is_live: bool,
) -> None:  # fmt: skip
    say(shopper, conversation, "A quartzite bowl?")
    page = person(seller)
    if not is_live:
        block_socket(page)
    page.goto(f"{conversation.get_absolute_url()}{page_of}")
    words = page.locator("trato-words")
    expect(words).to_contain_text("A quartzite bowl?")
    (live if is_live else polling)(page)
    edit(shopper, conversation.pk, 1, "A small quartzite bowl?")
    expect(words).to_contain_text("A small quartzite bowl?")
    withdraw(shopper, conversation.pk, 1)
    expect(words).not_to_contain_text("quartzite")
    expect(words).to_have_text("This message was withdrawn." if page_of == PAGES[1] else GONE)


def test_the_page_before_a_link_follows_its_message(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "See https://quartzite.example.com/")
    page = person(seller)
    page.goto(f"{conversation.get_absolute_url()}messages/1/links/0/")
    live(page)
    leaving = page.locator("main a[rel~=nofollow]")
    expect(leaving).to_have_attribute("href", "https://quartzite.example.com/")
    edit(shopper, conversation.pk, 1, "See https://marble.example.com/")
    expect(leaving).to_have_attribute("href", "https://marble.example.com/")
    expect(page.locator("main")).not_to_contain_text("quartzite")
    withdraw(shopper, conversation.pk, 1)
    expect(page.locator("main")).to_contain_text(GONE)
    expect(page.locator("main")).not_to_contain_text("marble")
    expect(leaving).to_have_count(0)


@only_whole
def test_the_form_of_a_scheduled_message_follows_what_it_quotes(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "A quartzite bowl?")
    tomorrow = timezone.now() + timedelta(days=1)
    plan = Plan(body="It is.", send_at=tomorrow, only_if_quiet=False, quote=1)
    row = schedule(seller, conversation.pk, uuid.uuid4(), plan)
    page = person(seller)
    page.goto(f"{conversation.get_absolute_url()}scheduled/{row.pk}/")
    live(page)
    quote = page.locator(".message__quote")
    expect(quote).to_contain_text("A quartzite bowl?")
    page.fill("[name=body]", "It is one.")
    edit(shopper, conversation.pk, 1, "A small quartzite bowl?")
    expect(quote).to_contain_text("A small quartzite bowl?")
    withdraw(shopper, conversation.pk, 1)
    expect(quote).to_contain_text(GONE)
    expect(quote).not_to_contain_text("quartzite")
    expect(page.locator("[name=body]")).to_have_value("It is one.")


@only_whole
def test_a_picture_that_is_looked_at_goes_without_a_socket_too(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    said_with_files(shopper, conversation, "", ("bowl.jpg", jpeg(800, 600)))
    page = person(seller)
    block_socket(page)
    open_thread(page, conversation, wait=False)
    polling(page)
    page.locator(".files__picture").click()
    viewer = page.get_by_role("dialog", name="Picture")
    expect(viewer).to_be_visible()
    withdraw(shopper, conversation.pk, 1)
    expect(viewer).to_be_hidden()


def test_a_toast_that_is_pointed_at_does_not_keep_withdrawn_words(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    page = person(seller)
    page.goto("/products/")
    live(page)
    say(shopper, conversation, "A quartzite bowl?")
    toast = page.locator(".toast")
    expect(toast).to_contain_text("A quartzite bowl?")
    toast.hover()
    withdraw(shopper, conversation.pk, 1)
    expect(toast).to_have_count(0)


@only_whole
def test_a_long_link_leads_where_its_edited_message_says(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    stem = f"https://example.com/{'a' * 60}/"
    say(shopper, conversation, f"{stem}one")
    page = person(seller)
    open_thread(page, conversation)
    for place in ("two", "three"):
        edit(shopper, conversation.pk, 1, f"{stem}{place}")
        expect(page.locator(".message__body a")).to_have_attribute("href", f"{stem}{place}")


def test_the_composer_keeps_no_words_of_what_it_has_quoted(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "A quartzite bowl?")
    page = person(seller)
    open_thread(page, conversation)
    choose_in_menu(page, 1, "quote")
    expect(page.locator(".composer__about")).to_contain_text("quartzite")
    page.keyboard.press("Escape")
    expect(page.locator(".composer__about")).to_be_hidden()
    withdraw(shopper, conversation.pk, 1)
    page.wait_for_function("() => !document.documentElement.outerHTML.includes('quartzite')")
