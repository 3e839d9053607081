"""A page still belongs to the person it was rendered for after somebody else has logged in."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Playwright, expect

from accounts.models import User
from deploy import programs
from messaging.factories import MessageFactory
from messaging.models import Conversation, Message, Participant
from tests.browser.acts import (
    Person,
    block_socket,
    bodies,
    live,
    open_thread,
    polling,
    waits,
    write,
)
from tests.browser.conftest import FLAGS
from tests.browser.lines import Line
from tests.site import Site, session_of
from tests.whole import only_whole, some_of

TOLD = "#connection"


def sit_down(page: Page, user: User | None) -> None:
    """Log somebody else in, in this browser, or log the person out."""
    if user is None:
        page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
        return
    name, at = settings.SESSION_COOKIE_NAME, page.evaluate("location.origin")
    page.context.add_cookies([{"name": name, "value": session_of(user), "url": at}])


def senders() -> list[tuple[str, str]]:
    return [(row.sender.name, row.body) for row in Message.objects.select_related("sender")]


def is_hidden(page: Page, told: str) -> None:
    expect(page.locator(TOLD)).to_contain_text(told)
    for words in ("main", ".site-header", "#composer-body"):
        expect(page.locator(words)).to_be_hidden()
    assert page.title() == "Trato"


@pytest.mark.parametrize("way", some_of(["socket", "polling"], 1))
def test_words_wait_for_their_writer_while_a_colleague_is_logged_in(
    way: str, person: Person, seller: User, colleague: User, conversation: Conversation
) -> None:
    page = person(seller)
    if way == "polling":
        block_socket(page)
        open_thread(page, conversation, wait=False)
        polling(page)
    line = Line(page) if way == "socket" else None
    if line:
        open_thread(page, conversation)
        line.cut()
    else:
        page.context.set_offline(True)
    write(page, "From Marta")
    page.fill("#composer-body", "And half a sent")
    waits(page, 1)
    sit_down(page, colleague)
    if line:
        line.is_cut = False
    page.context.set_offline(False)
    is_hidden(page, "This page belongs to Marta Vidal")
    assert senders() == []

    page.get_by_role("link", name="Reload the page").click()
    expect(page.locator("main")).to_be_visible()
    expect(page.locator("#composer-body")).to_have_value("")
    assert bodies(page) == []
    write(page, "From Iker")
    expect(page.locator("[data-state]").last).to_have_text("Sent")
    assert senders() == [("Iker Sanz", "From Iker")]

    sit_down(page, seller)
    page.reload()
    expect(page.locator(".message__body")).to_have_text(["From Iker", "From Marta"])
    expect(page.locator("[data-state]").last).to_have_text("Sent")
    expect(page.locator("#composer-body")).to_have_value("And half a sent")
    assert senders()[1:] == [("Marta Vidal", "From Marta")]


@only_whole
def test_a_page_of_another_person_reads_and_types_nothing(
    person: Person, shopper: User, seller: User, colleague: User, conversation: Conversation
) -> None:
    page = person(seller)
    open_thread(page, conversation)
    other = page.context.new_page()
    sit_down(page, colleague)
    other.goto("/products/")  # any page of the person who is now logged in
    is_hidden(page, "This page belongs to Marta Vidal")
    MessageFactory(conversation=conversation)
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator(TOLD)).to_contain_text("belongs to Marta Vidal")
    assert not Participant.objects.filter(last_read_sequence__gt=0, side="seller").exists()


@only_whole
@pytest.mark.parametrize("way", some_of(["socket", "polling"], 1))
def test_a_tab_hides_its_words_when_its_person_is_logged_out_elsewhere(
    way: str, person: Person, shopper: User, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation)
    page = person(shopper)
    if way == "polling":
        block_socket(page)
    open_thread(page, conversation, wait=way == "socket")
    page.fill("#composer-body", "Half a sent")
    leaving = page.context.new_page()
    leaving.goto("/accounts/logout/")
    leaving.click("main form button")
    is_hidden(page, "You've been logged out.")
    # The same person is back, in any tab: the page continues where it was.
    sit_down(page, shopper)
    leaving.goto("/products/")
    expect(page.locator("main")).to_be_visible()
    expect(page.locator(TOLD)).not_to_contain_text("logged out")
    expect(page.locator("#composer-body")).to_have_value("Half a sent")
    write(page, "A whole sentence.")
    expect(page.locator("[data-state]").last).to_have_text("Sent")


@pytest.fixture
def keeping(playwright: Playwright) -> Iterator[Browser]:
    """A normal browser, which keeps pages for its Back button."""
    browser = playwright.chromium.launch(
        executable_path=programs.find("chromium"),
        args=FLAGS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield browser
    browser.close()


def back(page: Page, pages: int = 1) -> None:
    """Press the browser's own button. Playwright's doesn't support kept pages."""
    before = page.url
    page.evaluate("pages => history.go(-pages)", pages)
    page.wait_for_url(lambda url: url != before, wait_until="commit")
    page.wait_for_function("() => document.readyState === 'complete'")


@pytest.mark.parametrize("then", some_of(["nobody", "somebody else"], 1))
@pytest.mark.parametrize("address", some_of(["thread", "/conversations/", "/accounts/profile/"], 1))
def test_back_after_a_logout_shows_nothing_private(
    then: str,
    address: str,
    keeping: Browser,
    site: Site,
    shopper: User,
    stranger: User,
    conversation: Conversation,
) -> None:
    MessageFactory(conversation=conversation, body="For your eyes only")
    at = site.url("").replace("127.0.0.1", "localhost")
    page = keeping.new_context(base_url=at).new_page()
    page.goto("/products/")
    sit_down(page, shopper)
    page.goto(conversation.get_absolute_url() if address == "thread" else address)
    expect(page.locator(".menu__who")).to_contain_text(shopper.name)
    page.goto("/accounts/logout/")
    page.click("main form button")
    page.wait_for_url(f"{at}/")
    if then == "somebody else":
        sit_down(page, stranger)
        page.goto("/products/")
    back(page, 2 if then == "nobody" else 3)
    expect(page.locator("body")).not_to_contain_text("For your eyes only")
    expect(page.locator("body")).not_to_contain_text(shopper.email)
    expect(page.get_by_text("No connection")).to_be_hidden()


@only_whole
def test_back_shows_ones_own_page_and_it_is_live(
    keeping: Browser, site: Site, shopper: User, seller: User, conversation: Conversation
) -> None:
    at = site.url("").replace("127.0.0.1", "localhost")
    page = keeping.new_context(base_url=at).new_page()
    page.goto("/products/")
    sit_down(page, shopper)
    open_thread(page, conversation)
    page.goto("/products/")
    back(page)
    live(page)
    write(page, "Here again")
    expect(page.locator("[data-state]").last).to_have_text("Sent")


@only_whole
def test_a_page_that_a_browser_kept_asks_whose_session_it_is(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    """Some browsers keep pages that no cache may store, and show them again without a request."""
    page = person(shopper)
    open_thread(page, conversation)
    shown_again = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
    with page.expect_response("**/notifications/unread/"):
        page.evaluate(shown_again)
    expect(page.locator("main")).to_be_visible()
    sit_down(page, None)
    page.evaluate(shown_again)
    is_hidden(page, "You've been logged out.")
