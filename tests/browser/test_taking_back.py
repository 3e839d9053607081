"""A message is taken back before it is sent, and is sent whatever happens to its tab."""

from playwright.sync_api import Page, Route, expect

from accounts.models import User
from messaging.editing.actions import withdraw
from messaging.models import Conversation, Message
from tests.browser.acts import (
    Person,
    block_socket,
    choose_in_menu,
    live,
    open_thread,
    polling,
    says,
    waits,
    write,
)
from tests.browser.lines import Line
from tests.browser.outbox import stored
from tests.said import say
from tests.whole import only_whole

BOX = "#composer-body"
BACK = "[data-take-back]"


def choose_to_wait(page: Page) -> None:
    page.click(".triage__more")
    page.click("[data-undo-send]")
    page.click(".triage__more")


def test_what_is_on_its_way_cannot_be_taken_back_in_any_tab(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    one, asked = person(shopper), person(seller)
    open_thread(asked, conversation)
    two = one.context.new_page()
    for page in (one, two):
        line = Line(page)
        open_thread(page, conversation)
        line.silence()
    write(one, "On its way")
    says(asked, "On its way")
    for page in (one, two):
        waits(page, 1)
        expect(page.locator(f".message[data-pending] {BACK}")).to_have_attribute("hidden", "")


@only_whole
def test_words_that_were_taken_back_too_late_are_not_sent_twice(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    block_socket(page)
    open_thread(page, conversation, wait=False)
    polling(page)
    page.route("**/messages/?since=*", lambda route: route.abort())

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/new_message/", lose_the_answer)
    write(page, "Is it still available?")
    page.locator(BACK).click()
    expect(page.locator(BOX)).to_have_value("Is it still available?")
    assert stored() == ["Is it still available?"]
    page.unroute("**/messages/?since=*")
    says(page, "Is it still available?")
    expect(page.locator(BOX)).to_have_value("")


def test_messages_that_wait_are_sent_in_order_when_their_tab_is_left(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    one, answering = person(shopper), person(seller)
    open_thread(one, conversation)
    open_thread(answering, conversation)
    choose_to_wait(one)
    write(one, "Good morning")
    write(one, "Is it glazed?")
    waits(one, 2)
    one.close(run_before_unload=False)
    says(answering, "Is it glazed?")
    assert stored() == ["Good morning", "Is it glazed?"]


@only_whole
def test_another_tab_sends_what_a_closed_one_was_to_send(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    one, answering = person(shopper), person(seller)
    one.add_init_script("addEventListener('pagehide', (e) => e.stopImmediatePropagation(), true)")
    open_thread(answering, conversation)
    open_thread(one, conversation)
    choose_to_wait(one)
    two = one.context.new_page()
    two.goto("/products/")
    live(two)
    write(one, "Good morning")
    waits(one, 1)
    one.close()
    says(answering, "Good morning")
    assert stored() == ["Good morning"]


@only_whole
def test_a_draft_that_another_tab_sends_during_an_edit_is_gone_in_both(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "Is it glazed?")
    one = person(shopper)
    open_thread(one, conversation)
    one.fill(BOX, "And how large is it?")
    two = one.context.new_page()
    open_thread(two, conversation)
    expect(two.locator(BOX)).to_have_value("And how large is it?")
    two.locator(BOX).fill("And how large is it?")
    two.evaluate("document.querySelector('trato-composer').edit(1)")
    expect(two.locator(BOX)).to_have_value("Is it glazed?")
    one.press(BOX, "Enter")
    says(two, "And how large is it?")
    expect(one.locator(BOX)).to_have_value("")
    expect(two.locator(BOX)).to_have_value("Is it glazed?")
    two.press(BOX, "Escape")
    expect(two.locator(BOX)).to_have_value("")


@only_whole
def test_a_draft_and_a_message_that_comes_back_keep_their_quote(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    say(seller, conversation, "Which one?")
    page = person(shopper)
    open_thread(page, conversation)
    choose_in_menu(page, 1, "quote")
    page.fill(BOX, "The blue one")
    page.reload()
    live(page)
    quoted = page.locator(".composer__about [data-excerpt]")
    expect(quoted).to_have_text("Which one?")
    choose_to_wait(page)
    page.press(BOX, "Enter")
    page.locator(BACK).click()
    expect(quoted).to_have_text("Which one?")
    page.press(BOX, "Enter")
    page.goto("/products/")
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.includes('outbox'))")
    assert Message.objects.get(body="The blue one").quote == 1


@only_whole
def test_one_that_waits_quotes_a_message_that_is_gone_as_such(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asked = say(seller, conversation, "Which one?")
    page = person(shopper)
    block_socket(page)
    page.route("**/new_message/", lambda route: route.abort())
    page.goto(conversation.get_absolute_url())
    choose_in_menu(page, 1, "quote")
    page.fill(BOX, "The blue one")
    page.press(BOX, "Enter")
    quoted = page.locator("[data-pending] .message__quoted")
    expect(quoted).to_have_text("Which one?")
    withdraw(seller, conversation.pk, asked.sequence)
    page.reload()
    expect(quoted).to_have_text("This message isn't there any more.")
