"""Two people talk, and immediately see what the other one does."""

from dataclasses import dataclass

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import User
from catalog.models import Product
from messaging.models import Conversation
from tests.browser.acts import (
    Person,
    badge,
    block_socket,
    bodies,
    live,
    polling,
    says,
    state,
    write,
)
from tests.whole import some_of

PROCESSES = ["two processes", "one process"] if settings.REDIS_URL else ["one process"]


@pytest.fixture(params=some_of(PROCESSES, 1))
def apart(request: pytest.FixtureRequest) -> int:
    """The process that the seller uses; the shopper uses the first."""
    return int(request.param == "two processes")


@dataclass
class Pair:
    """The shopper's page, the seller's page, and a second page of the seller's."""

    asking: Page
    answering: Page
    elsewhere: Page
    has_socket: bool

    def settled(self, page: Page) -> None:
        live(page) if self.has_socket else polling(page)


@pytest.fixture(params=["socket", "polling"])
def pair(
    request: pytest.FixtureRequest, apart: int, person: Person, shopper: User, seller: User
) -> Pair:
    asking, answering = person(shopper), person(seller, process=apart)
    has_socket = request.param == "socket"
    if not has_socket:
        block_socket(asking)
        block_socket(answering)
    return Pair(asking, answering, answering.context.new_page(), has_socket)


def test_a_line_is_shown_counted_and_marked_read(pair: Pair, conversation: Conversation) -> None:
    address = conversation.get_absolute_url()
    pair.asking.goto(address)
    pair.elsewhere.goto("/products/")
    pair.settled(pair.asking)
    pair.settled(pair.elsewhere)

    write(pair.asking, "Is it still there?")
    badge(pair.elsewhere, 1)
    expect(pair.elsewhere).to_have_title("(1) Products · Trato")
    state(pair.asking, "Sent")

    pair.answering.goto(address)
    says(pair.answering, "Is it still there?")
    state(pair.asking, "Read")
    badge(pair.elsewhere, 0)
    expect(pair.elsewhere).to_have_title("Products · Trato")

    pair.settled(pair.answering)
    write(pair.answering, "Yes, it is.")
    says(pair.asking, "Yes, it is.")
    state(pair.answering, "Read")


def test_without_javascript_forms_do_all_of_it(
    person: Person, shopper: User, seller: User, product: Product, apart: int
) -> None:
    asking = person(shopper, java_script_enabled=False)
    answering = person(seller, process=apart, java_script_enabled=False)
    elsewhere = answering.context.new_page()
    asking.goto(product.get_absolute_url())
    elsewhere.goto("/products/")
    expect(elsewhere.locator("[data-badge=conversations]")).to_be_hidden()

    asking.fill("#ask-body", "Is it still there?")
    asking.click(".ask button.button--primary")
    elsewhere.reload()
    assert elsewhere.locator("[data-badge=conversations]").inner_text() == "1"
    assert asking.locator("[data-state]").inner_text() == "Sent"

    answering.goto("/conversations/")
    with answering.expect_response("**/read.gif*"):
        answering.click(".inbox__link")
    assert bodies(answering) == ["Is it still there?"]
    asking.reload()
    assert asking.locator("[data-state]").inner_text() == "Read"
    elsewhere.reload()
    expect(elsewhere.locator("[data-badge=conversations]")).to_be_hidden()

    answering.fill("#composer-body", "Yes, it is.")
    answering.click(".composer__send")
    asking.reload()
    assert bodies(asking) == ["Is it still there?", "Yes, it is."]
    assert bodies(answering) == ["Is it still there?", "Yes, it is."]


def test_a_thread_that_is_read_in_one_tab_clears_the_badge_in_all_others(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asking, reading = person(shopper), person(seller)
    others = [reading.context.new_page() for _ in range(3)]
    phone = person(seller)
    asking.goto(conversation.get_absolute_url())
    for page, path in zip(
        [*others, phone], ["/", "/notifications/", "/accounts/email/", "/products/"], strict=True
    ):
        page.goto(path)
        live(page)
    write(asking, "Is it still there?")
    for page in (*others, phone):
        badge(page, 1)
    reading.goto(conversation.get_absolute_url())
    state(asking, "Read")
    for page in (*others, phone):
        badge(page, 0)
