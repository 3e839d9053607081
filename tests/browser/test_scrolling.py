"""A long thread: older messages above, new ones below, and nothing jumps."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from deploy import services
from messaging import queries
from messaging.factories import MessageFactory, ParticipantFactory
from messaging.models import Conversation, Side
from tests.browser.acts import Person, badge, live, open_thread, says, state, write
from tests.browser.files import CHOOSE, LINES, photo
from tests.whole import only_whole, some_of

SCROLLER = ".thread__scroll"
LONG = 100  # messages; a history page has 40


@pytest.fixture
def long_thread(conversation: Conversation, shopper: User, seller: User) -> Conversation:
    for number in range(1, LONG + 1):
        MessageFactory(
            conversation=conversation,
            sender=seller if number % 3 else shopper,
            body=f"Line {number}\n" + "and more of it " * (number % 7),
        )
    for user, side in ((shopper, Side.CONSUMER), (seller, Side.SELLER)):
        ParticipantFactory(conversation=conversation, user=user, side=side, last_read_sequence=LONG)
    return conversation


def top_of(page: Page, sequence: int) -> float:
    """Return the distance of a message from the top of the window, in pixels."""
    top = page.evaluate(
        "(id) => document.getElementById(id).getBoundingClientRect().top", f"message-{sequence}"
    )
    assert isinstance(top, int | float)
    return top


def scroll_to(page: Page, pixels: int) -> None:
    page.locator(SCROLLER).evaluate("(box, pixels) => { box.scrollTop = pixels; }", pixels)


def sequences(page: Page) -> list[int]:
    shown = page.locator(".message").evaluate_all("all => all.map((one) => one.dataset.sequence)")
    return [int(sequence) for sequence in shown]


@pytest.mark.parametrize("pixels", some_of([0, 60], 1))
def test_older_messages_load_on_scrolling_up_and_what_is_in_view_stays(
    pixels: int, person: Person, shopper: User, long_thread: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, long_thread)
    assert sequences(page) == list(range(61, 101))
    # The thread scrolls within the page; the page itself does not scroll.
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
    # Held back, so that the position before scrolling is known.
    held = []
    page.route("**/messages/?before=*", lambda route: held.append(route))
    with page.expect_request("**/messages/?before=61"):
        scroll_to(page, pixels)
    before = top_of(page, 62)
    held[0].continue_()
    expect(page.locator(".message")).to_have_count(80)
    assert sequences(page) == list(range(21, 101))
    assert abs(top_of(page, 62) - before) < 2
    page.unroute("**/messages/?before=*")

    scroll_to(page, 0)
    expect(page.locator(".message")).to_have_count(100)
    assert sequences(page) == list(range(1, 101))
    expect(page.locator(".thread__older")).to_be_hidden()
    expect(page.locator(".messages__day")).to_have_count(1)


def test_news_below_is_told_and_counted_and_leaves_the_view_alone(
    person: Person, shopper: User, seller: User, long_thread: Conversation
) -> None:
    asking, answering = person(shopper), person(seller)
    elsewhere = asking.context.new_page()
    elsewhere.goto("/products/")
    live(elsewhere)
    for page in (asking, answering):
        open_thread(page, long_thread)
    scroll_to(asking, 1200)
    before = top_of(asking, 90)
    jump = asking.locator(".thread__jump")
    expect(jump).to_be_hidden()
    for count, text in enumerate(("One more thing.", "And another."), 1):
        write(answering, text)
        expect(jump).to_have_text(f"{count} new message{'s' if count > 1 else ''}")
    assert top_of(asking, 90) == before
    badge(elsewhere, 1)
    state(answering, "Sent")
    assert queries.read_marks(long_thread, shopper)[Side.CONSUMER] == LONG

    jump.click()
    says(asking, "And another.")
    expect(asking.locator(".message").last).to_be_in_viewport()
    expect(jump).to_be_hidden()
    badge(elsewhere, 0)
    state(answering, "Read")


@only_whole
@pytest.mark.parametrize("width", [390, 1280])
def test_the_button_to_the_news_covers_nothing_below_the_messages(
    width: int, person: Person, shopper: User, seller: User, long_thread: Conversation
) -> None:
    long_thread.participants.update(last_read_sequence=75)
    for user in (shopper, seller):
        page = person(user, viewport={"width": width, "height": 844})
        open_thread(page, long_thread)
        jump = page.locator(".thread__jump")
        expect(jump).to_be_visible()
        page.set_input_files(CHOOSE, [photo(f"{number}.jpg") for number in range(3)])
        expect(page.locator(LINES)).to_have_count(3)
        room, height = page.evaluate(
            """() => {
                const [box, jump] = [".thread__scroll", ".thread__jump"].map((one) =>
                    document.querySelector(one).getBoundingClientRect());
                return [box.bottom - jump.bottom, box.height];
            }"""
        )
        assert 0 <= room < 48
        jump.evaluate("one => { one.hidden = true; }")
        scroller = page.locator(SCROLLER)
        assert scroller.evaluate("one => one.getBoundingClientRect().height") == height


def test_who_comes_back_starts_at_the_first_new_message(
    person: Person, shopper: User, seller: User, long_thread: Conversation
) -> None:
    long_thread.participants.filter(user=shopper).update(last_read_sequence=75)
    page = person(shopper)
    open_thread(page, long_thread)
    line = page.locator(".messages__new")
    expect(line).to_be_in_viewport()
    assert (
        line.evaluate("line => line.parentElement.querySelectorAll('.messages__new').length") == 1
    )
    expect(page.locator("#message-76")).to_be_in_viewport()
    expect(page.locator(".thread__jump")).to_have_text("25 new messages")
    assert queries.read_marks(long_thread, shopper)[Side.CONSUMER] == 75
    page.click(".thread__jump")
    expect(page.locator("#message-100")).to_be_in_viewport()

    def is_read() -> None:
        assert queries.read_marks(long_thread, shopper)[Side.CONSUMER] == LONG

    services.wait(is_read, AssertionError)
    page.reload()
    expect(page.locator("#message-100")).to_be_in_viewport()
    expect(page.locator(".messages__new")).to_have_count(0)
