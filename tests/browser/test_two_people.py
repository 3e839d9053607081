"""Two people talk. A line of theirs must be on the other side within a second."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.models import Conversation, Message
from tests.site import Site

Person = Callable[..., Page]
SECOND = 1000  # milliseconds


def write(page: Page, text: str) -> None:
    page.fill("#composer-body", text)
    page.press("#composer-body", "Enter")


def bodies(page: Page) -> list[str]:
    return page.locator(".message__body").all_inner_texts()


def live(page: Page) -> None:
    """The page has its socket: a mark of the other side can only come over it."""
    page.wait_for_function("import('trato/session').then(({ session }) => session.live)")


@pytest.fixture(params=["one process", "two processes", "no socket"])
def pair(
    request: pytest.FixtureRequest, person: Person, shopper: User, seller: User
) -> tuple[Page, Page, Page]:
    """The shopper's page, the seller's page, and another page of the seller's."""
    if request.param == "two processes" and not settings.REDIS_URL:
        pytest.skip("needs Redis")
    process = 1 if request.param == "two processes" else 0
    asking, answering = person(shopper), person(seller, process=process)
    if request.param == "no socket":
        for page in (asking, answering):
            page.context.route_web_socket("**/ws/", lambda socket: socket.close())
    return asking, answering, answering.context.new_page()


def test_a_line_is_shown_counted_and_marked_read_within_a_second(
    pair: tuple[Page, Page, Page], conversation: Conversation, request: pytest.FixtureRequest
) -> None:
    asking, answering, elsewhere = pair
    address = conversation.get_absolute_url()
    asking.goto(address)
    elsewhere.goto("/products/")
    if "no socket" not in request.node.name:
        live(asking)
        live(elsewhere)
    else:
        elsewhere.wait_for_timeout(1500)  # until the pages have given up the socket and poll
    write(asking, "Is it still there?")
    expect(elsewhere.locator("[data-badge]")).to_have_text("1", timeout=SECOND)
    expect(elsewhere).to_have_title("(1) Products · Trato")
    answering.bring_to_front()
    answering.goto(address)
    expect(answering.locator(".message__body").last).to_have_text("Is it still there?")
    expect(asking.locator("[data-state]").last).to_have_text("Read", timeout=3 * SECOND)
    if "no socket" not in request.node.name:
        live(answering)
    write(answering, "Yes, it is.")
    expect(asking.locator(".message__body").last).to_have_text("Yes, it is.", timeout=SECOND)


def test_without_javascript_forms_do_all_of_it(
    person: Person, shopper: User, seller: User, product: Any
) -> None:
    asking = person(shopper, java_script_enabled=False)
    answering = person(seller, java_script_enabled=False)
    asking.goto(product.get_absolute_url())
    asking.fill("#ask-body", "Is it still there?")
    asking.click(".ask button.button--primary")
    answering.goto("/products/")
    expect(answering.locator("[data-badge]")).to_have_text("1")
    answering.goto("/conversations/")
    answering.click(".inbox__link")
    answering.fill("#composer-body", "Yes, it is.")
    answering.click(".composer__send")
    assert bodies(answering) == ["Is it still there?", "Yes, it is."]
    answering.goto("/products/")
    expect(answering.locator("[data-badge]")).to_be_hidden()
    asking.reload()
    assert bodies(asking) == ["Is it still there?", "Yes, it is."]


def test_what_was_written_while_the_server_was_dead_arrives_once_and_in_order(
    site: Site, person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    pages = [person(shopper), person(seller)]
    for page in pages:
        page.goto(conversation.get_absolute_url())
        live(page)
    for number in range(20):
        if number == 7:
            site.kill(0)
        if number == 14:
            site.start(0)
        for name, page in zip("ab", pages, strict=True):
            write(page, f"{name}{number}")
    for page in pages:
        expect(page.locator(".message:not([data-pending])")).to_have_count(40, timeout=40 * SECOND)
    stored = list(Message.objects.order_by("sequence").values_list("body", flat=True))
    assert len(stored) == len(set(stored)) == 40
    assert [body for body in stored if body[0] == "a"] == [f"a{number}" for number in range(20)]
    assert [body for body in stored if body[0] == "b"] == [f"b{number}" for number in range(20)]
    for page in pages:
        assert bodies(page) == stored


def test_a_visitor_writes_first_logs_in_and_finds_the_question_sent_once(
    person: Person, shopper: User, product: Any
) -> None:
    EmailAddress.objects.create(user=shopper, email=shopper.email, verified=True, primary=True)
    visitor = person(None)
    visitor.goto(product.get_absolute_url())
    visitor.fill("#ask-body", "Does it come in blue?")
    visitor.click(".ask button.button--primary")
    expect(visitor.locator(".notice")).to_contain_text("Your question is saved")
    visitor.fill("input[name=login]", shopper.email)
    visitor.fill("input[name=password]", "trato-demo")
    visitor.press("input[name=password]", "Enter")
    expect(visitor.locator(".message__body")).to_have_text(["Does it come in blue?"])
    visitor.reload()
    assert Message.objects.count() == 1


def test_a_draft_survives_a_reload(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    page.goto(conversation.get_absolute_url())
    live(page)
    page.fill("#composer-body", "Half a sent")
    page.reload()
    expect(page.locator("#composer-body")).to_have_value("Half a sent")


def test_markup_in_a_message_stays_text(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asking, answering = person(shopper), person(seller)
    for page in (asking, answering):
        page.goto(conversation.get_absolute_url())
        live(page)
    text = "<img src=x onerror=alert(1)> & <b>bold</b>"
    write(asking, text)
    expect(answering.locator(".message__body").last).to_have_text(text)
    answering.reload()
    expect(answering.locator(".message__body").last).to_have_text(text)
