"""Lists that update themselves: complete after Back, and no faster than the server responds."""

import re
import time

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from messaging.factories import MessageFactory
from messaging.models import Conversation
from tests.browser.acts import Person, block_socket, live, open_thread, polling, write
from tests.patience import PATIENCE
from tests.whole import only_whole, some_of

ROWS = "**/conversations/rows/**"
PREVIEW = ".inbox__preview"
SECOND = 1000  # milliseconds


class Held:
    """Holds back requests for rows from all pages of a context until they are released."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.routes: list[Route] = []
        self.count = 0
        page.context.route(ROWS, self._hold)

    def _hold(self, route: Route) -> None:
        self.count += 1
        self.routes.append(route)

    def wait(self, *, pass_time: bool = False) -> None:
        """Wait until a request is held back."""
        deadline = time.monotonic() + PATIENCE
        while not self.routes:
            assert time.monotonic() < deadline
            if pass_time:
                self.page.clock.run_for(SECOND)
            settle(self.page)

    def let_go(self) -> None:
        """Release one and wait until its page has rendered the rows. The clock must stand still."""
        route = self.routes.pop(0)
        page = route.request.frame.page
        route.continue_()
        deadline = time.monotonic() + PATIENCE
        while page.evaluate("document.querySelector('[data-source]').isAsking"):
            assert time.monotonic() < deadline
            settle(page)


def something_changed(page: Page) -> None:
    page.evaluate(
        """async () => {
            const { session } = await import("trato/session");
            session.emit("live");
        }"""
    )


def settle(page: Page) -> None:
    """Let the page do everything that doesn't need time to pass."""
    page.evaluate("fetch('/static/favicon.svg', { cache: 'no-store' })")


@pytest.fixture
def inbox(person: Person, seller: User, conversation: Conversation) -> Page:
    """A seller's inbox whose clock stands still, after the list was rendered for the first time."""
    MessageFactory(conversation=conversation, body="Is it still there?")
    page = person(seller)
    page.clock.install()
    with page.expect_response(ROWS):
        page.goto("/conversations/")
        live(page)
    expect(page.locator(PREVIEW)).to_have_text("Is it still there?")
    page.evaluate(
        """async () => {
            const { session } = await import("trato/session");
            session.connection.dropIfSilent = () => {}; // the server has another clock
        }"""
    )
    settle(page)
    page.clock.pause_at(page.evaluate("Date.now() + 30_000"))
    return page


def test_back_shows_the_whole_inbox_and_not_the_rows_that_its_script_fetched(
    person: Person, seller: User, shopper: User, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation, body="Is it still there?")
    page, asking = person(seller), person(shopper)
    page.goto("/conversations/")
    live(page)
    open_thread(asking, conversation)
    write(asking, "Hello?")
    expect(page.locator(PREVIEW)).to_have_text("Hello?")
    page.click(".inbox__link")
    expect(page.locator("trato-thread")).to_be_visible()
    page.go_back()
    expect(page.locator(".site-header")).to_be_visible()
    expect(page.locator(PREVIEW)).to_have_text("Hello?")
    expect(page.locator("h1")).to_have_text("Inbox")


@only_whole
def test_what_changes_while_the_server_answers_is_one_more_request_after_it(inbox: Page) -> None:
    held = Held(inbox)
    something_changed(inbox)
    held.wait(pass_time=True)
    for _ in range(10):
        something_changed(inbox)
        inbox.clock.run_for(SECOND)
    settle(inbox)
    assert held.count == 1
    held.let_go()
    inbox.clock.run_for(9 * SECOND)  # it took ten seconds, so the tab pauses for as long
    settle(inbox)
    assert held.count == 1
    held.wait(pass_time=True)
    held.let_go()
    inbox.clock.run_for(60 * SECOND)
    settle(inbox)
    assert held.count == 2  # nothing has changed since


@only_whole
def test_an_answer_that_never_comes_is_given_up_and_asked_for_again(inbox: Page) -> None:
    held = Held(inbox)
    something_changed(inbox)
    held.wait(pass_time=True)
    held.routes.clear()
    inbox.clock.run_for(14 * SECOND)
    settle(inbox)
    assert held.count == 1
    held.wait(pass_time=True)
    held.let_go()
    inbox.clock.run_for(60 * SECOND)
    settle(inbox)
    assert held.count == 2


@only_whole
def test_the_tabs_of_one_browser_ask_one_after_the_other(
    person: Person, seller: User, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation, body="Is it still there?")
    first = person(seller)
    tabs = [first, *(first.context.new_page() for _ in range(5))]
    for tab in tabs:
        with tab.expect_response(ROWS):
            tab.goto("/conversations/")
            live(tab)
    held = Held(first)
    MessageFactory(conversation=conversation, body="Hello?")
    for tab in tabs:
        something_changed(tab)
    for _ in tabs:
        held.wait()
        for tab in tabs:
            settle(tab)
        assert len(held.routes) == 1
        held.let_go()
    for tab in tabs:
        expect(tab.locator(PREVIEW)).to_have_text("Hello?")
    assert held.count == len(tabs)


@only_whole
def test_a_tab_that_nobody_sees_asks_when_it_is_seen_again(inbox: Page) -> None:
    held = Held(inbox)
    hide = """(hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    inbox.evaluate(hide, True)
    something_changed(inbox)
    inbox.clock.run_for(60 * SECOND)
    settle(inbox)
    assert held.count == 0
    inbox.evaluate(hide, False)
    held.wait(pass_time=True)


@only_whole
def test_the_login_page_is_not_drawn_as_a_list(inbox: Page) -> None:
    Session.objects.all().delete()
    something_changed(inbox)
    with inbox.expect_request(ROWS):
        inbox.clock.run_for(2 * SECOND)
    settle(inbox)
    expect(inbox.locator(PREVIEW)).to_have_text("Is it still there?")


@only_whole
@pytest.mark.parametrize("line", some_of(["socket", "polling"], 1))
def test_the_list_of_notifications_is_live(
    line: str, person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    page, asking = person(seller), person(shopper)
    if line == "polling":
        block_socket(page)
    page.goto("/notifications/")
    live(page) if line == "socket" else polling(page)
    mark_all = page.get_by_role("button", name="Mark all as read")
    expect(page.locator("h2")).to_have_text("No notifications yet")
    expect(mark_all).to_be_hidden()
    open_thread(asking, conversation)
    write(asking, "Is it still there?")
    expect(page.locator(".news__excerpt")).to_have_text("Is it still there?")
    expect(page.locator("[data-unread]")).to_have_count(1)
    expect(mark_all).to_be_visible()
    write(asking, "Hello?")  # which changes no number
    expect(page.locator(".news__excerpt")).to_have_text("Hello?")
    reading = page.context.new_page()
    reading.goto(conversation.get_absolute_url())
    expect(page.locator("[data-unread]")).to_have_count(0)
    expect(mark_all).to_be_hidden()


@only_whole
def test_a_notification_that_came_live_can_be_marked_as_read(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    page, asking = person(seller), person(shopper)
    page.goto("/notifications/")
    live(page)
    open_thread(asking, conversation)
    write(asking, "Is it still there?")
    page.click(".news__read button")
    expect(page.locator("[data-unread]")).to_have_count(0)
    expect(page.locator(".news__item")).to_have_count(1)
    expect(page).to_have_url(re.compile("/notifications/$"))
