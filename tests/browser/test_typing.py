"""A page shows everybody who is typing, and nobody who has stopped."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.models import Conversation
from tests.browser.acts import Person, open_thread, says, write
from tests.whole import only_whole

LINE = ".thread__typing"
BOX = "#composer-body"


@pytest.fixture
def asking(person: Person, shopper: User, conversation: Conversation) -> Page:
    page = person(shopper)
    open_thread(page, conversation)
    started(page)  # it never would if the clock stood still
    page.clock.install()
    # So that it ends for the reason under test, not because of its timeout.
    page.clock.pause_at(page.evaluate("Date.now() + 10_000"))
    return page


@pytest.fixture
def answering(
    person: Person, seller: User, colleague: User, asking: Page, conversation: Conversation
) -> list[Page]:
    pages = [person(seller), person(colleague)]
    for page in pages:
        open_thread(page, conversation)
        started(page)
    return pages


def started(page: Page) -> None:
    """Wait for the scripts that send and show who is typing; the socket may be live before them."""
    names = "['trato-thread', 'trato-composer']"
    page.evaluate(
        f"Promise.all({names}.map((name) => customElements.whenDefined(name))).then(() => true)"
    )


def type_in(page: Page, text: str) -> None:
    page.locator(BOX).press_sequentially(text)


def test_two_who_write_are_both_named(asking: Page, answering: list[Page]) -> None:
    marta, iker = answering
    type_in(marta, "Hm")
    expect(asking.locator(LINE)).to_have_text("Marta Vidal is writing…")
    type_in(iker, "Well")
    expect(asking.locator(LINE)).to_have_text("Marta Vidal and Iker Sanz are writing…")
    write(marta, "Yes.")
    says(asking, "Yes.")
    expect(asking.locator(LINE)).to_have_text("Iker Sanz is writing…")


@only_whole
def test_two_of_one_name_are_told_apart(asking: Page, conversation: Conversation) -> None:
    arrives = """async (frame) => (await import("trato/session")).session.emit("typing", frame)"""
    frame = {"conversation": conversation.pk, "name": "Marta Vidal"}
    for user in (1, 2):
        asking.evaluate(arrives, {**frame, "user": user})
    expect(asking.locator(LINE)).to_have_text("Marta Vidal and Marta Vidal are writing…")
    asking.evaluate(arrives, {**frame, "user": 1, "stopped": True})
    expect(asking.locator(LINE)).to_have_text("Marta Vidal is writing…")


@only_whole
def test_who_empties_the_box_is_no_longer_seen_to_write(
    asking: Page, answering: list[Page]
) -> None:
    marta, iker = answering
    type_in(marta, "Hm")
    type_in(iker, "Well")
    expect(asking.locator(LINE)).to_have_text("Marta Vidal and Iker Sanz are writing…")
    marta.fill(BOX, "")
    expect(asking.locator(LINE)).to_have_text("Iker Sanz is writing…")
    iker.press(BOX, "Control+a")
    iker.press(BOX, "Delete")
    expect(asking.locator(LINE)).to_be_empty()
    type_in(iker, "Well,")
    expect(asking.locator(LINE)).to_have_text("Iker Sanz is writing…")
