"""Two people change their minds and point to messages: edits, withdraws, quotes, reactions."""

import re

import pytest
from playwright.sync_api import Route, expect

from accounts.models import User
from messaging.editing import actions as editing
from messaging.factories import MessageFactory
from messaging.models import Conversation, Message
from messaging.reading.actions import mark_read
from tests.browser.acts import (
    Person,
    bodies,
    choose_in_menu,
    live,
    message_menu,
    open_thread,
    says,
    waits,
    write,
)
from tests.browser.lines import Line
from tests.said import say
from tests.whole import only_whole


def test_an_edit_is_seen_on_both_sides_and_after_a_resume(
    person: Person, shopper: User, seller: User, colleague: User, conversation: Conversation
) -> None:
    asking, answering, away = person(shopper), person(seller), person(colleague)
    line = Line(away)
    for page in (asking, answering, away):
        open_thread(page, conversation)
    write(asking, "Is it glzed? https://example.com/a/")
    for page in (answering, away):
        expect(page.locator("#message-1")).to_be_visible()
    line.cut()
    asking.fill("#composer-body", "")
    asking.press("#composer-body", "Control+ArrowUp")
    expect(asking.locator("#composer-body")).to_have_value("Is it glzed? https://example.com/a/")
    asking.fill("#composer-body", "Is it glazed?")
    asking.press("#composer-body", "Enter")
    for page in (asking, answering):
        says(page, "Is it glazed?")
        expect(page.locator("#message-1 .message__edited")).to_be_visible()
    expect(asking.locator("#composer-body")).to_have_value("")
    line.mend()
    says(away, "Is it glazed?")
    assert Message.objects.count() == 1
    message_menu(asking, 1)
    expect(asking.locator("#message-1 .message__versions")).to_be_visible()
    message_menu(answering, 1)
    expect(answering.locator("#message-1 .message__versions")).to_have_count(0)
    expect(answering.locator("#message-1 [data-do=edit]")).to_have_count(0)


def test_what_is_written_while_an_edit_is_being_saved_stays(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "Helo")
    page = person(shopper)
    open_thread(page, conversation)
    held: list[Route] = []
    page.press("#composer-body", "Control+ArrowUp")
    expect(page.locator("#composer-body")).to_have_value("Helo")
    page.route("**/messages/1/", lambda route: held.append(route))
    with page.expect_request("**/messages/1/"):
        write(page, "Hello")
    page.fill("#composer-body", "Hello again")
    [route] = held
    route.continue_()
    says(page, "Hello")
    expect(page.locator("#composer-body")).to_have_value("Hello again")
    page.unroute("**/messages/1/")
    page.press("#composer-body", "Enter")
    says(page, "Hello again")
    expect(page.locator("#composer-body")).to_have_value("")


@only_whole
def test_an_edit_keeps_what_was_being_written_and_says_why_it_is_refused(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "Hello")
    page = person(shopper)
    open_thread(page, conversation)
    page.fill("#composer-body", "A long new mess")
    choose_in_menu(page, 1, "edit")
    expect(page.locator("#composer-body")).to_have_value("Hello")
    expect(page.locator(".composer__send")).to_have_accessible_name("Save")
    expect(page.locator(".composer__send use")).to_have_attribute("href", re.compile("#check$"))
    expect(page.locator(".composer .attach:visible")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#composer-body")).to_have_value("A long new mess")
    expect(page.locator(".composer__send")).to_have_accessible_name("Send")
    expect(page.locator(".composer .attach:visible")).not_to_have_count(0)
    expect(page.locator("#composer-body")).to_be_focused()
    choose_in_menu(page, 1, "edit")
    expect(page.locator("#composer-body")).to_have_value("Hello")
    editing.withdraw(shopper, conversation.pk, 1)
    page.fill("#composer-body", "Too late")
    page.press("#composer-body", "Enter")
    expect(page.locator(".composer__about-error")).to_have_text("You've withdrawn this message.")
    expect(page.locator("#composer-body")).to_have_value("Too late")
    assert Message.objects.get().body == "Hello"


@only_whole
def test_a_draft_keeps_its_quote_while_another_message_is_edited(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    say(seller, conversation, "Which colour?")
    say(shopper, conversation, "Blu")
    page = person(shopper)
    open_thread(page, conversation)
    choose_in_menu(page, 1, "quote")
    page.fill("#composer-body", "The dark one")
    choose_in_menu(page, 2, "edit")
    expect(page.locator("#composer-body")).to_have_value("Blu")
    page.fill("#composer-body", "Blue")
    page.press("#composer-body", "Enter")
    expect(page.locator("#composer-body")).to_have_value("The dark one")
    expect(page.locator(".composer__about")).to_contain_text("Which colour?")
    choose_in_menu(page, 2, "edit")
    expect(page.locator("#composer-body")).to_have_value("Blue")
    page.reload()
    live(page)
    expect(page.locator("#composer-body")).to_have_value("The dark one")
    expect(page.locator(".composer__about")).to_contain_text("Which colour?")
    page.press("#composer-body", "Enter")
    expect(page.locator("#message-3 .message__quote")).to_contain_text("Which colour?")
    expect(page.locator(".composer__about")).to_be_hidden()


def test_the_words_of_an_edit_survive_a_reload(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "Hello")
    page = person(shopper)
    open_thread(page, conversation)
    page.fill("#composer-body", "A new message")
    choose_in_menu(page, 1, "edit")
    expect(page.locator("#composer-body")).to_have_value("Hello")
    page.fill("#composer-body", "Hello, is it still there?")
    page.reload()
    live(page)
    expect(page.locator("#composer-body")).to_have_value("Hello, is it still there?")
    expect(page.locator(".composer__about")).to_be_visible()
    page.press("#composer-body", "Enter")
    says(page, "Hello, is it still there?")
    expect(page.locator("#composer-body")).to_have_value("A new message")
    page.reload()
    expect(page.locator("#composer-body")).to_have_value("A new message")
    assert Message.objects.get().body == "Hello, is it still there?"


def test_a_withdrawn_message_leaves_a_line_and_no_words_in_open_pages(
    person: Person, shopper: User, seller: User, colleague: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "Call me on 555 123")
    asking, answering, listing = person(shopper), person(seller), person(colleague)
    for page in (asking, answering):
        open_thread(page, conversation)
    listing.goto("/conversations/")
    live(listing)
    expect(listing.locator(".inbox__preview")).to_contain_text("555 123")
    choose_in_menu(answering, 1, "quote")
    expect(answering.locator(".composer__about")).to_contain_text("555 123")
    write(answering, "Which number?")
    expect(asking.locator("#message-2 .message__quote")).to_contain_text("555 123")
    choose_in_menu(answering, 1, "quote")
    message_menu(asking, 1)
    button = asking.locator("#message-1 [data-do=withdraw]")
    button.click()
    expect(button).to_contain_text("Withdraw for everybody?")
    button.click()
    for page in (asking, answering):
        expect(page.locator("#message-1 .message__removed")).to_have_text(
            "This message was withdrawn."
        )
        expect(page.locator("#message-2 .message__quote em")).to_be_visible()
        expect(page.locator("#message-1 .message__menu")).to_have_count(0)
    expect(answering.locator(".composer__about")).not_to_contain_text("555 123")
    for page in (asking, answering, listing):
        page.wait_for_function("() => !document.body.textContent.includes('555 123')")
        page.reload()
        assert "555 123" not in page.content()


@only_whole
def test_a_quote_leads_to_the_original_also_on_an_older_page(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    for number in range(1, 51):
        sender = shopper if number % 2 else seller
        MessageFactory(conversation=conversation, sender=sender, body=f"Message {number}")
    mark_read(shopper, conversation.pk, 50)
    page = person(shopper)
    open_thread(page, conversation)
    choose_in_menu(page, 49, "quote")
    write(page, "That one")
    link = page.locator("#message-51 .message__quote")
    expect(link).to_contain_text("Message 49")
    link.click()
    expect(page.locator("#message-49")).to_have_attribute("data-linked", "")
    expect(page.locator("#message-49")).to_be_focused()
    page.goto(f"{conversation.get_absolute_url()}?message=2")
    expect(page.locator("#message-2")).to_be_in_viewport()
    expect(page.locator("#message-2")).to_have_attribute("data-linked", "")


@only_whole
def test_a_reaction_is_live_and_one_per_person(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "Thanks for everything")
    asking, answering = person(shopper), person(seller)
    for page in (asking, answering):
        open_thread(page, conversation)
        page.evaluate("window.item = document.querySelector('#message-1')")
    message_menu(answering, 1)
    answering.click("#message-1 [data-react='🙏']")
    own = answering.locator("#message-1 .message__reaction")
    expect(own).to_have_attribute("aria-pressed", "true")
    theirs = asking.locator("#message-1 .message__reaction")
    expect(theirs).to_have_text("🙏")
    expect(theirs).to_have_attribute("aria-label", f"🙏 {seller.name}")
    theirs.click()
    for one in (own, theirs):
        expect(one).to_have_text("🙏 2")
    message_menu(answering, 1)
    answering.click("#message-1 [data-react='👍']")
    expect(theirs).to_have_count(2)
    own.filter(has_text="👍").click()
    expect(theirs).to_have_text(["🙏"])
    for page in (asking, answering):  # only the reactions were rendered again
        assert page.evaluate("window.item.isConnected")


def test_undo_send_takes_a_message_back_before_anybody_sees_it(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asking, answering = person(shopper), person(seller)
    for page in (asking, answering):
        open_thread(page, conversation)
    asking.click(".triage__more")
    asking.click("[data-undo-send]")
    asking.click(".triage__more")
    write(asking, "Oops")
    waits(asking, 1)
    back = asking.locator("[data-take-back]")
    expect(back).to_have_text("Undo")
    back.click()
    expect(asking.locator("#composer-body")).to_have_value("Oops")
    waits(asking, 0)
    write(asking, "Good morning")
    says(answering, "Good morning")
    waits(asking, 0)
    assert bodies(answering) == ["Good morning"]


@only_whole
@pytest.mark.parametrize("act", ["copy", "link"])
def test_text_and_link_are_copied(
    act: str, person: Person, shopper: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "See https://example.com/a/very/long/path?x=1 there")
    page = person(shopper, permissions=["clipboard-read", "clipboard-write"])
    open_thread(page, conversation)
    choose_in_menu(page, 1, act)
    expect(page.locator(".undo")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    if act == "copy":
        assert copied == "See https://example.com/a/very/long/path?x=1 there"
        return
    page.goto(copied)
    expect(page.locator("#message-1")).to_be_visible()
    assert page.url.endswith(f"{conversation.get_absolute_url()}?around=1#message-1")


@only_whole
def test_everything_works_with_forms_alone(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    say(seller, conversation, "Good morning")
    say(shopper, conversation, "Is it glzed?")
    page = person(shopper, java_script_enabled=False)
    page.goto(conversation.get_absolute_url())
    page.locator("#message-2 summary").click()
    page.click("#message-2 .message__more")
    page.fill("[name=body]", "Is it glazed?")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#message-2 .message__body")).to_have_text("Is it glazed?")
    page.goto(f"{conversation.get_absolute_url()}messages/1/")
    page.get_by_role("button", name="Thank you").click()
    reaction = page.locator("#message-1 .message__reaction")
    expect(reaction).to_have_attribute("aria-pressed", "true")
    reaction.click()
    expect(reaction).to_have_count(0)
    page.goto(f"{conversation.get_absolute_url()}messages/1/")
    page.get_by_role("link", name="Quote").click()
    expect(page.locator(".composer__about")).to_contain_text("Good morning")
    page.fill("#composer-body", "To you too")
    page.locator(".composer__send").click()
    expect(page.locator("#message-3 .message__quote")).to_contain_text("Good morning")
    page.goto(f"{conversation.get_absolute_url()}messages/3/")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator("#message-3")).to_contain_text("This message was withdrawn.")
    say(shopper, conversation, "Mine")
    Message.objects.filter(sequence=4).update(attached="photo")
    page.goto(f"{conversation.get_absolute_url()}messages/4/")
    page.fill("[name=body]", "")  # the picture stays
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#message-4 .message__body")).to_have_text("")
