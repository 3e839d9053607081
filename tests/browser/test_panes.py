"""The list and a conversation side by side: moving between conversations loads no page."""

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, Request, Route, expect

from accounts.models import User
from catalog.models import Product
from messaging import queries
from messaging.factories import ConversationFactory, MessageFactory, SavedViewFactory
from messaging.models import Conversation, Side
from tests.browser.acts import Person, live, open_thread, says, state, write
from tests.browser.inspector import Inspect, languages
from tests.browser.lines import Line
from tests.whole import only_whole

NAMES, TITLE, FIELD = ".inbox__link", ".thread__title", "#composer-body"
PHONE = {"width": 390, "height": 800}


class Documents(list[str]):
    """The URLs of the pages that a browser loads from now on."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if request.is_navigation_request():
            self.append(request.url)


@pytest.fixture
def other(stranger: User, product: Product, conversation: Conversation) -> Conversation:
    """The shop's second conversation, with newer messages than the first."""
    MessageFactory(conversation=conversation, body="Is it still there?")
    conversation_ = ConversationFactory(consumer=stranger, product=product)
    MessageFactory(conversation=conversation_, body="Do you ship to Berlin?")
    return conversation_


@pytest.fixture
def inbox(person: Person, seller: User, other: Conversation) -> Page:
    page = person(seller)
    page.goto("/conversations/")
    live(page)
    expect(page.locator(NAMES)).to_have_text(["Ana Prieto", "Lucía Romero"])
    return page


def at(conversation: Conversation, query: str = "") -> re.Pattern[str]:
    return re.compile(re.escape(conversation.get_absolute_url() + query) + "$")


def current(page: Page) -> str:
    return page.locator(f"{NAMES}[aria-current=true]").inner_text()


@only_whole
def test_the_inbox_opens_nothing_by_itself(inbox: Page) -> None:
    expect(inbox.locator("h2")).to_have_text("Pick a conversation")
    expect(inbox.locator("trato-thread")).to_have_count(0)


def test_a_click_opens_a_conversation_beside_the_list_without_a_page_load(
    inbox: Page, conversation: Conversation, other: Conversation
) -> None:
    loaded = Documents(inbox)
    for name, opened in (("Lucía Romero", conversation), ("Ana Prieto", other)):
        inbox.click(f"{NAMES}:text('{name}')")
        expect(inbox.locator(TITLE)).to_have_text(name)
        expect(inbox).to_have_url(at(opened))
        expect(inbox).to_have_title(re.compile(rf"{name} · Trato$"))
        expect(inbox.locator(FIELD)).to_be_focused()
        expect(inbox.locator(".dashboard__status")).to_have_text(f"Conversation with {name}")
        assert current(inbox) == name
    assert loaded == []
    write(inbox, "We do.")
    state(inbox, "Sent")
    assert other.messages.filter(body="We do.").exists()
    assert not conversation.messages.filter(body="We do.").exists()


def test_back_and_forward_and_a_reload_show_what_was_there(
    inbox: Page, conversation: Conversation, other: Conversation
) -> None:
    inbox.click(f"{NAMES}:text('Lucía Romero')")
    expect(inbox.locator(TITLE)).to_have_text("Lucía Romero")
    inbox.click(f"{NAMES}:text('Ana Prieto')")
    expect(inbox.locator(TITLE)).to_have_text("Ana Prieto")
    loaded = Documents(inbox)
    inbox.go_back()
    expect(inbox.locator(TITLE)).to_have_text("Lucía Romero")
    inbox.go_back()
    expect(inbox.locator("h2")).to_have_text("Pick a conversation")
    expect(inbox).to_have_title(re.compile("Inbox · Trato$"))
    inbox.go_forward()
    expect(inbox.locator(TITLE)).to_have_text("Lucía Romero")
    assert current(inbox) == "Lucía Romero"
    assert loaded == []
    inbox.reload()
    expect(inbox.locator(TITLE)).to_have_text("Lucía Romero")
    expect(inbox.locator(NAMES)).to_have_text(["Ana Prieto", "Lucía Romero"])
    assert current(inbox) == "Lucía Romero"


@only_whole
def test_the_filter_of_the_list_stays_in_the_address(
    inbox: Page, conversation: Conversation, other: Conversation
) -> None:
    loaded = Documents(inbox)
    inbox.locator(".dashboard__list a:text-is('Unread')").click()
    expect(inbox).to_have_url(re.compile(r"/conversations/\?unread=1$"))
    expect(inbox.locator("h2:has-text('caught up')")).to_be_visible()
    inbox.locator(".dashboard__list a:text-is('Unread')").click()
    expect(inbox).to_have_url(re.compile("/conversations/$"))
    inbox.fill("#inbox-search", "berlin")
    inbox.press("#inbox-search", "Enter")
    expect(inbox.locator(NAMES)).to_have_text(["Ana Prieto"])
    inbox.click(NAMES)
    expect(inbox.locator(TITLE)).to_have_text("Ana Prieto")
    assert "?around=1&q=berlin#message-1" in inbox.url
    assert loaded == []
    inbox.reload()
    expect(inbox.locator(NAMES)).to_have_text(["Ana Prieto"])
    expect(inbox.locator("#inbox-search")).to_have_value("berlin")


@only_whole
def test_an_unsent_draft_stays_with_its_conversation(inbox: Page) -> None:
    inbox.click(f"{NAMES}:text('Lucía Romero')")
    expect(inbox.locator(TITLE)).to_have_text("Lucía Romero")
    inbox.fill(FIELD, "Yes, it is st")
    inbox.click(f"{NAMES}:text('Ana Prieto')")
    expect(inbox.locator(TITLE)).to_have_text("Ana Prieto")
    expect(inbox.locator(FIELD)).to_have_value("")
    inbox.click(f"{NAMES}:text('Lucía Romero')")
    expect(inbox.locator(FIELD)).to_have_value("Yes, it is st")


@only_whole
def test_a_conversation_that_was_left_is_no_longer_read(
    inbox: Page, person: Person, shopper: User, conversation: Conversation
) -> None:
    inbox.click(f"{NAMES}:text('Lucía Romero')")
    expect(inbox.locator(TITLE)).to_have_text("Lucía Romero")
    asking = person(shopper)
    open_thread(asking, conversation)
    write(asking, "One more thing.")
    says(inbox, "One more thing.")
    inbox.click(f"{NAMES}:text('Ana Prieto')")
    expect(inbox.locator(TITLE)).to_have_text("Ana Prieto")
    write(asking, "And another.")
    expect(inbox.locator(".inbox__item[data-unread]")).to_have_count(1)
    marks = queries.read_marks(conversation, conversation.consumer)
    assert marks[Side.SELLER] < conversation.messages.get(body="And another.").sequence
    says(inbox, "Do you ship to Berlin?")


@only_whole
def test_a_modified_click_opens_a_tab_and_a_phone_loads_a_page(
    inbox: Page, conversation: Conversation
) -> None:
    with inbox.context.expect_page() as opened:
        inbox.click(f"{NAMES}:text('Lucía Romero')", modifiers=["Control"])
    expect(opened.value).to_have_url(at(conversation))
    expect(inbox.locator("trato-thread")).to_have_count(0)
    inbox.set_viewport_size(PHONE)  # type: ignore[arg-type]
    loaded = Documents(inbox)
    inbox.click(f"{NAMES}:text('Lucía Romero')")
    expect(inbox.locator(TITLE)).to_have_text("Lucía Romero")
    expect(inbox.locator(".dashboard__list")).to_be_hidden()
    assert len(loaded) == 1
    inbox.click(".thread__back")
    expect(inbox.locator(NAMES).first).to_be_visible()


@only_whole
def test_a_page_that_cannot_be_fetched_is_gone_to(inbox: Page, conversation: Conversation) -> None:
    fetched = []

    def refuse(route: object) -> None:
        request = route.request  # type: ignore[attr-defined]
        fetched.append(request.is_navigation_request())
        route.continue_() if fetched[-1] else route.abort()  # type: ignore[attr-defined]

    inbox.route(f"**{conversation.get_absolute_url()}", refuse)
    inbox.click(f"{NAMES}:text('Lucía Romero')")
    expect(inbox.locator(TITLE)).to_have_text("Lucía Romero")
    assert fetched.count(True) == 1
    assert not fetched[0]


def test_without_a_connection_what_is_shown_stays(
    person: Person, seller: User, conversation: Conversation, other: Conversation
) -> None:
    page = person(seller)
    line = Line(page)
    page.goto("/conversations/")
    live(page)
    page.click(f"{NAMES}:text('Lucía Romero')")
    expect(page.locator(TITLE)).to_have_text("Lucía Romero")
    page.fill(FIELD, "Half a sent")
    page.click(f"{NAMES}:text('Ana Prieto')")
    expect(page.locator(TITLE)).to_have_text("Ana Prieto")
    loaded = Documents(page)
    line.cut()
    for kind in (f"{NAMES}:text('Lucía Romero')", ".inbox__lanes a >> nth=1"):
        page.click(kind)
        said = page.locator(".undo")
        expect(said).to_have_text("That isn't possible right now. Try again in a moment.")
        said.evaluate("one => one.replaceChildren()")
        expect(page.locator(TITLE)).to_have_text("Ana Prieto")
        expect(page).to_have_url(at(other))
        assert current(page) == "Ana Prieto"
    page.go_back()
    expect(page).to_have_url(at(conversation))
    line.mend()
    expect(page.locator(TITLE)).to_have_text("Lucía Romero")
    expect(page.locator(FIELD)).to_have_value("Half a sent")
    assert current(page) == "Lucía Romero"
    assert loaded == []


def test_while_the_server_restarts_what_is_shown_stays(
    inbox: Page, conversation: Conversation
) -> None:
    inbox.click(f"{NAMES}:text('Ana Prieto')")
    expect(inbox.locator(TITLE)).to_have_text("Ana Prieto")
    loaded = Documents(inbox)
    address = f"**{conversation.get_absolute_url()}"
    inbox.route(address, lambda route: route.fulfill(status=502, body="Bad Gateway"))
    inbox.click(f"{NAMES}:text('Lucía Romero')")
    said = inbox.locator(".undo")
    expect(said).to_have_text("That isn't possible right now. Try again in a moment.")
    expect(inbox.locator(TITLE)).to_have_text("Ana Prieto")
    inbox.unroute(address)
    inbox.click(f"{NAMES}:text('Lucía Romero')")
    expect(inbox.locator(TITLE)).to_have_text("Lucía Romero")
    assert loaded == []


@only_whole
def test_of_two_conversations_chosen_quickly_the_last_is_shown(
    inbox: Page, conversation: Conversation, other: Conversation
) -> None:
    held: list[Callable[[], None]] = []
    inbox.route(f"**{conversation.get_absolute_url()}", lambda route: held.append(route.continue_))
    with inbox.expect_request(f"**{conversation.get_absolute_url()}"):
        inbox.click(f"{NAMES}:text('Lucía Romero')")
    inbox.click(f"{NAMES}:text('Ana Prieto')")
    expect(inbox.locator(TITLE)).to_have_text("Ana Prieto")
    assert current(inbox) == "Ana Prieto"
    expect(inbox).to_have_url(at(other))


def test_going_back_and_forth_quickly_shows_what_the_address_says(
    inbox: Page, conversation: Conversation, other: Conversation
) -> None:
    for name in ("Lucía Romero", "Ana Prieto"):
        inbox.click(f"{NAMES}:text('{name}')")
        expect(inbox.locator(TITLE)).to_have_text(name)
    held: list[Route] = []
    inbox.route(f"**{conversation.get_absolute_url()}", lambda route: held.append(route))
    with inbox.expect_request(f"**{conversation.get_absolute_url()}"):
        inbox.evaluate("history.back()")
    inbox.evaluate("history.forward()")
    expect(inbox).to_have_url(at(other))
    expect(inbox.locator(".dashboard__conversation[aria-busy]")).to_have_count(0)
    with suppress(Error):  # the page no longer waits for it
        held[0].continue_()
    inbox.unroute(f"**{conversation.get_absolute_url()}")
    inbox.keyboard.press("Escape")
    inbox.keyboard.press("/")  # another answer, after the one that was held
    inbox.keyboard.type("berlin")
    inbox.keyboard.press("Enter")
    expect(inbox.locator(NAMES)).to_have_text(["Ana Prieto"])
    expect(inbox.locator(TITLE)).to_have_text("Ana Prieto")
    assert current(inbox) == "Ana Prieto"


@only_whole
def test_without_scripts_each_is_a_page(person: Person, seller: User, other: Conversation) -> None:
    page = person(seller, java_script_enabled=False)
    page.goto("/conversations/")
    page.click(f"{NAMES}:text('Ana Prieto')")
    expect(page.locator(TITLE)).to_have_text("Ana Prieto")
    expect(page.locator(".dashboard__list")).to_be_hidden()
    page.click(".thread__back")
    expect(page.locator(NAMES)).to_have_text(["Ana Prieto", "Lucía Romero"])


@only_whole
def test_what_is_fetched_in_advance_is_not_read(
    inbox: Page, conversation: Conversation, other: Conversation
) -> None:
    inbox.keyboard.press("j")
    with inbox.expect_response(f"**{conversation.get_absolute_url()}"):
        inbox.keyboard.press("Enter")
    expect(inbox.locator(TITLE)).to_have_text("Ana Prieto")
    expect(inbox.locator(".inbox__dot")).to_have_count(0)
    fetched: list[str] = []
    inbox.on("request", lambda one: fetched.append(one.url))
    assert queries.read_marks(conversation, conversation.consumer)[Side.SELLER] == 0
    inbox.keyboard.press("j")
    expect(inbox.locator(TITLE)).to_have_text("Lucía Romero")
    assert not [url for url in fetched if url.endswith(conversation.get_absolute_url())]


@only_whole
@languages
def test_the_panes_have_no_barriers(
    locale: str, inspect: Inspect, seller: User, other: Conversation
) -> None:
    inspector = inspect(seller, locale=locale)
    page = inspector.page
    page.goto("/conversations/")
    live(page)
    inspector.look()
    page.locator(NAMES).first.click()
    expect(page.locator(TITLE)).to_have_text("Ana Prieto")
    inspector.look()
    assert inspector.problems == []


@only_whole
def test_the_context_is_a_drawer_where_there_is_no_room_for_a_third_pane(
    inbox: Page, other: Conversation
) -> None:
    inbox.locator(NAMES).first.click()
    context = inbox.locator(".context")
    expect(context).to_be_visible()
    inbox.set_viewport_size({"width": 820, "height": 700})
    expect(context).to_be_hidden()
    inbox.click(".thread__details")
    expect(context).to_be_focused()
    inbox.keyboard.press("Escape")
    expect(context).to_be_hidden()
    expect(inbox.locator(".thread__details")).to_be_focused()
    expect(inbox.locator(TITLE)).to_have_text("Ana Prieto")


@only_whole
def test_a_view_is_saved_and_opened_beside_a_conversation_without_a_page_load(
    inbox: Page, conversation: Conversation
) -> None:
    SavedViewFactory(owner=User.objects.get(name="Marta Vidal"), name="Taken", query="archived=1")
    inbox.goto(f"{conversation.get_absolute_url()}?lane=ours")
    menu, name = inbox.locator("#saved-views"), inbox.locator("#saved-view-name")
    loaded = Documents(inbox)
    menu.click()
    name.fill("taken")
    name.press("Enter")
    expect(inbox.locator("#saved-view-error")).to_have_text("Another view has this name already.")
    expect(name).to_have_value("taken")
    expect(name).to_be_focused()
    name.fill("Every morning")
    name.press("Enter")
    expect(menu).to_have_text(re.compile("Every morning"))
    expect(menu).to_be_focused()
    menu.press("Enter")
    inbox.click("nav a:has-text('Taken')")
    expect(menu).to_have_text(re.compile("Taken"))
    expect(inbox).to_have_url(at(conversation, "?archived=1"))
    menu.click()
    expect(inbox.locator("nav a[aria-current=page]:has-text('Taken')")).to_be_visible()
    assert loaded == []
