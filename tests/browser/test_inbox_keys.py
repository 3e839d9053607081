"""The inbox without a mouse: moving, opening, acting, and the list of keys."""

import re

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from accounts.models import User
from catalog.models import Product
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation, Participant
from messaging.triage import actions
from tests.browser.acts import (
    Person,
    block_socket,
    live,
    open_thread,
    polling,
    state,
    until_held,
)
from tests.browser.inspector import languages
from tests.browser.lines import Line
from tests.whole import only_whole

NAMES, TITLE, FIELD = ".inbox__link", ".thread__title", "#composer-body"


@pytest.fixture
def inbox(
    person: Person, seller: User, stranger: User, product: Product, conversation: Conversation
) -> Page:
    """A seller's inbox with two conversations; the shopper's is the second."""
    MessageFactory(conversation=conversation, body="Is it still there?")
    other = ConversationFactory(consumer=stranger, product=product)
    MessageFactory(conversation=other, body="Do you ship to Berlin?")
    page = person(seller)
    page.goto("/conversations/")
    live(page)
    expect(page.locator(NAMES)).to_have_text(["Ana Prieto", "Lucía Romero"])
    return page


def test_a_seller_reads_and_answers_with_the_keyboard_alone(inbox: Page) -> None:
    loaded: list[str] = []
    inbox.on("request", lambda one: loaded.append(one.url) if one.is_navigation_request() else None)
    keys = inbox.keyboard
    keys.press("j")
    expect(inbox.locator(NAMES).first).to_be_focused()
    keys.press("j")
    expect(inbox.locator(NAMES).last).to_be_focused()
    keys.press("k")
    keys.press("Enter")
    expect(inbox.locator(TITLE)).to_have_text("Ana Prieto")
    expect(inbox.locator(TITLE)).to_be_focused()
    keys.press("r")
    expect(inbox.locator(FIELD)).to_be_focused()
    keys.type("We do, just ask j and k.")
    keys.press("Enter")
    state(inbox, "Sent")
    keys.press("Escape")
    expect(inbox.locator(TITLE)).to_be_focused()
    keys.press("j")  # beside the list it opens the next one
    expect(inbox.locator(TITLE)).to_have_text("Lucía Romero")
    keys.press("u")
    expect(inbox.locator("h2:text('Pick a conversation')")).to_be_visible()
    expect(inbox.locator(NAMES).last).to_be_focused()
    keys.press("/")
    expect(inbox.locator("#inbox-search")).to_be_focused()
    assert loaded == []


@only_whole
def test_letters_with_a_modifier_and_in_fields_are_left_alone(inbox: Page) -> None:
    inbox.keyboard.press("Alt+j")
    inbox.keyboard.press("Control+j")
    expect(inbox.locator("body")).to_be_focused()
    inbox.fill("#inbox-search", "")
    inbox.type("#inbox-search", "jku")
    expect(inbox.locator("#inbox-search")).to_have_value("jku")


@only_whole
@languages
def test_the_list_of_keys_says_what_works_and_switches_it_off(
    locale: str, person: Person, seller: User, inbox: Page
) -> None:
    page = person(seller, locale=locale)
    page.goto("/conversations/")
    live(page)
    page.keyboard.press("?")
    title = {"en-GB": "Keyboard shortcuts", "es-ES": "Atajos de teclado"}[locale]
    dialog = page.get_by_role("dialog", name=title)
    expect(dialog).to_be_visible()
    first = {"en-GB": "Next conversation", "es-ES": "Siguiente conversación"}[locale]
    expect(dialog.locator("dl > div").first).to_have_text(re.compile(rf"{first}\s*j ↓"))
    dialog.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("j")
    expect(page.locator(f"{NAMES}:focus")).to_have_count(0)
    page.click("[data-keys]")
    dialog.get_by_role("checkbox").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(NAMES).first).to_be_focused()


def test_one_key_settles_stars_and_archives_and_another_takes_it_back(
    inbox: Page, seller: User, conversation: Conversation
) -> None:
    keys, said = inbox.keyboard, inbox.locator(".undo")
    for key in ("j", "j"):
        keys.press(key)
    expect(inbox.locator(NAMES).last).to_be_focused()
    keys.press("e")
    expect(said).to_contain_text("Settled")
    conversation.refresh_from_db()
    assert conversation.turn == ""
    keys.press("z")
    expect(said).to_contain_text("Undone")
    conversation.refresh_from_db()
    assert conversation.turn == "seller"
    keys.press("s")
    expect(said).to_contain_text("Starred")
    assert conversation.participants.get(user=seller).starred_at


@only_whole
def test_undo_is_for_the_last_key_although_an_earlier_one_is_answered_later(
    inbox: Page, seller: User, conversation: Conversation
) -> None:
    keys, said, held = inbox.keyboard, inbox.locator(".undo"), list[Route]()
    inbox.route(
        "**/conversations/acts/",
        lambda route: route.continue_() if held else held.append(route),
    )
    for key in ("j", "s", "j", "s"):
        keys.press(key)
    expect(said).to_contain_text("Starred")
    with inbox.expect_response("**/conversations/acts/"):
        held[0].continue_()
    keys.press("z")
    expect(said).to_contain_text("Undone")
    starred = Participant.objects.get(user=seller, starred_at__isnull=False)
    assert starred.conversation_id != conversation.pk


def test_undo_by_key_is_for_the_act_of_a_button_too(
    inbox: Page, seller: User, conversation: Conversation
) -> None:
    keys, said = inbox.keyboard, inbox.locator(".undo")
    for key in ("j", "j", "Enter"):
        keys.press(key)
    expect(inbox.locator(TITLE)).to_have_text("Lucía Romero")
    keys.press("s")
    expect(said).to_contain_text("Starred")
    inbox.get_by_role("button", name="Settle", exact=True).click()
    expect(said).to_contain_text("Settled")
    keys.press("z")
    expect(said).to_contain_text("Undone")
    conversation.refresh_from_db()
    assert conversation.turn == "seller"
    assert conversation.participants.get(user=seller).starred_at


@only_whole
def test_without_a_socket_the_same_key_takes_it_back(
    person: Person, seller: User, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation, body="Is it still there?")
    page = person(seller)
    block_socket(page)
    open_thread(page, conversation, wait=False)
    polling(page)
    page.keyboard.press("Escape")  # out of the composer
    for said in ("Starred", "Star removed"):
        page.keyboard.press("s")
        expect(page.locator(".undo")).to_contain_text(said)
    assert conversation.participants.get(user=seller).starred_at is None


@only_whole
def test_the_key_takes_no_open_conversation_from_a_colleague_unseen(
    person: Person, seller: User, colleague: User, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation, body="Is it still there?")
    page = person(seller)
    Line(page).lost_kind = "team.changed"
    page.goto(f"{conversation.get_absolute_url()}?lane=settled")  # so its row isn't next to it
    live(page)
    actions.assign(colleague, [conversation.pk], colleague.pk)
    page.keyboard.press("Escape")  # out of the composer
    page.keyboard.press("i")
    expect(page.locator(".undo")).to_contain_text("A colleague has just taken this.")
    conversation.refresh_from_db()
    assert conversation.assignee == colleague


@only_whole
def test_an_open_conversation_that_leaves_the_list_shows_whose_turn_it_is(
    person: Person, seller: User, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation, body="Is it still there?")
    page = person(seller)
    page.goto("/conversations/?sort=waiting")
    live(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(TITLE)).to_be_focused()
    page.keyboard.press("e")
    expect(page.locator(".undo")).to_contain_text("Settled")
    expect(page.locator(".inbox__item")).to_have_count(1)
    expect(page.locator(".tag--waiting")).to_have_count(0)


@only_whole
@pytest.mark.parametrize("late", ["row", "list"])
def test_a_late_answer_brings_no_turn_back(
    late: str, person: Person, seller: User, colleague: User, conversation: Conversation
) -> None:
    """The page requests the row again while an older response, in which it waits, is on its way."""
    change = "document.querySelector('trato-inbox').changed()"
    MessageFactory(conversation=conversation, body="Is it still there?")
    page = person(seller)
    rows, held = re.compile("/conversations/rows/"), list[tuple[Route, APIResponse]]()
    page.goto("/conversations/?sort=waiting")
    live(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(TITLE)).to_be_focused()
    with page.expect_response(rows):
        page.evaluate(change)  # so that the page requests nothing else soon
    page.route(rows, lambda route: held.append((route, route.fetch())), times=1)
    if late == "row":
        actions.star(seller, [conversation.pk])
    else:
        page.evaluate(change)
    until_held(page, held)
    assert ("conversation=" in held[0][0].request.url) == (late == "row")
    actions.settle(colleague, [conversation.pk])
    expect(page.locator(".tag--waiting")).to_have_count(0)
    [(route, answer)] = held
    with page.expect_request(rows):
        route.fulfill(response=answer)
    expect(page.locator(".inbox__item")).to_have_count(1)
    expect(page.locator(".tag--waiting")).to_have_count(0)


def test_several_are_selected_and_archived_at_once_and_come_back(inbox: Page) -> None:
    keys = inbox.keyboard
    for key in ("j", "x", "j", "Shift+X"):
        keys.press(key)
    bar = inbox.get_by_role("toolbar", name="Selected conversations")
    expect(bar).to_contain_text("2 selected")
    bar.get_by_role("button", name="Archive").click()
    expect(inbox.locator(".undo")).to_contain_text("Archived (2)")
    expect(bar).to_have_count(0)
    keys.press("z")
    expect(inbox.locator(".undo")).to_contain_text("Undone")


@only_whole
def test_all_that_are_shown_are_selected_and_left_again(inbox: Page) -> None:
    boxes = inbox.locator(".inbox__check")
    inbox.keyboard.press("*")
    expect(inbox.locator(".inbox__check:checked")).to_have_count(2)
    boxes.first.uncheck()
    expect(inbox.locator(".selection__count")).to_have_text("1 selected")
    boxes.last.uncheck()
    expect(inbox.locator(".selection")).to_be_hidden()
    inbox.keyboard.press("k")
    expect(inbox.locator(NAMES).first).to_be_focused()


def press(page: Page, key: str, **options: bool) -> None:
    """Press a key in a way that no driver can: with Caps Lock, held down, or with AltGr."""
    page.evaluate(
        """([key, options]) => (document.activeElement ?? document.body).dispatchEvent(
            new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options }),
        )""",
        [key, options],
    )


@only_whole
def test_caps_lock_changes_no_key(inbox: Page) -> None:
    press(inbox, "J")
    expect(inbox.locator(NAMES).first).to_be_focused()
    press(inbox, "X")
    expect(inbox.locator(".selection__count")).to_have_text("1 selected")
    press(inbox, "J")
    press(inbox, "x", shiftKey=True)
    expect(inbox.locator(".selection__count")).to_have_text("2 selected")


@only_whole
def test_a_key_that_is_held_down_acts_once_and_moves_on(inbox: Page) -> None:
    press(inbox, "j")
    press(inbox, "j", repeat=True)
    expect(inbox.locator(NAMES).last).to_be_focused()
    press(inbox, "x")
    press(inbox, "x", repeat=True)
    expect(inbox.locator(".selection__count")).to_have_text("1 selected")
    press(inbox, "?", repeat=True)
    assert inbox.locator("dialog").count() == 0


@only_whole
def test_letters_with_altgr_are_left_alone(inbox: Page) -> None:
    press(inbox, "j", modifierAltGraph=True)
    expect(inbox.locator("body")).to_be_focused()


@only_whole
def test_no_arrow_leads_into_the_time_that_arrows_change(inbox: Page) -> None:
    for key in ("j", "h"):
        inbox.keyboard.press(key)
    buttons = inbox.get_by_role("dialog").locator("button:focus")
    expect(buttons).to_have_count(1)
    first = buttons.inner_text()
    everywhere = inbox.get_by_role("dialog").locator("button:visible").count()
    for _ in range(everywhere):
        inbox.keyboard.press("ArrowDown")
        expect(buttons).to_have_count(1)
    expect(buttons).to_have_text(first)
