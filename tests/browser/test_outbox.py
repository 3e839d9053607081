"""Messages without an acknowledgement: what a browser keeps, and when it sends them."""

import json
import time

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from accounts.models import User
from messaging.models import Conversation
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
from tests.browser.lines import Line
from tests.patience import PATIENCE
from tests.whole import only_whole

from .outbox import age, come_back_with_old_lines, is_sent, stored


def stored_by(page: Page, count: int) -> None:
    """Wait until this many messages are stored, while the page keeps running."""
    deadline = time.monotonic() + PATIENCE
    while len(stored()) < count:
        assert time.monotonic() < deadline
        page.wait_for_timeout(20)


def test_what_was_written_long_ago_is_sent_only_once_its_writer_says_so(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    come_back_with_old_lines(page, conversation, 3)
    asked = page.locator(".unsent__item")
    expect(page.locator(".unsent__body")).to_have_text(["Line 0", "Line 1", "Line 2"])
    expect(asked.first).to_contain_text("not sent yet. Send it now?")
    asked.nth(1).get_by_role("button", name="Discard").click()
    asked.first.get_by_role("button", name="Send now").click()
    expect(asked).to_have_count(1)
    asked.first.get_by_role("link").click()
    # In its own thread, the question is shown in its place.
    expect(page.locator(".message__body")).to_have_text(["Line 0", "Line 2"])
    expect(page.locator(".message__failed:visible")).to_contain_text("not sent yet. Send it now?")
    expect(page.locator(".unsent")).to_have_count(0)
    write(page, "Meanwhile")  # is not delayed by it
    expect(page.locator(".message__body")).to_have_text(["Line 0", "Meanwhile", "Line 2"])
    page.locator("[data-retry]:visible").click()
    waits(page, 0)
    assert stored() == ["Line 0", "Meanwhile", "Line 2"]


@only_whole
def test_what_was_written_less_than_a_day_ago_is_sent_without_asking(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    line = Line(page)
    open_thread(page, conversation)
    line.cut()
    write(page, "On the train")
    waits(page, 1)
    age(page, 0.9)
    line.mend()
    is_sent(page)
    assert stored() == ["On the train"]


@only_whole
def test_a_waiting_message_can_be_taken_back(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    line = Line(page)
    open_thread(page, conversation)
    line.cut()
    write(page, "Too soon")
    write(page, "Stays")
    page.fill("#composer-body", "Next")
    page.locator(".message", has_text="Too soon").get_by_role("button", name="Cancel").click()
    waits(page, 1)
    expect(page.locator("#composer-body")).to_have_value("Too soon\n\nNext")
    line.mend()
    is_sent(page)
    assert stored() == ["Stays"]


@only_whole
@pytest.mark.parametrize(
    "poison", ["\x01" * 4000, "\ud800" * 4000, "\ud83d"], ids=["control", "surrogates", "half"]
)
def test_a_message_that_the_socket_cannot_carry_holds_up_nothing(
    poison: str, person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    page.evaluate(
        """async ([conversation, unit, count]) => {
            const { outbox } = await import("trato/outbox");
            outbox.add(conversation, String.fromCharCode(unit).repeat(count));
            outbox.add(conversation, "Behind it");
        }""",
        [conversation.pk, ord(poison[0]), len(poison)],
    )
    expect(page.locator(".message:not([data-pending]) .message__body")).to_have_text(
        ["Behind it"] if poison[0] == "\x01" else ["\ufffd" * len(poison), "Behind it"]
    )
    if poison[0] == "\x01":
        expect(page.locator(".message__failed [data-why]:visible")).not_to_be_empty()
    live(page)
    write(page, "And on it goes")
    expect(page.locator(".message:not([data-pending]) .message__body").last).to_have_text(
        "And on it goes"
    )
    assert stored()[-2:] == ["Behind it", "And on it goes"]


@only_whole
@pytest.mark.parametrize(("status", "attempts"), [(403, 1), (500, 3)])
def test_a_post_that_is_refused_is_told_and_not_repeated_for_ever(
    status: int, attempts: int, person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    tries: list[str] = []

    def refuse(route: Route) -> None:
        body = route.request.post_data or ""
        tries.append(body)
        if "Poison" in body:
            route.fulfill(status=status, body="<h1>No</h1>", content_type="text/html")
        else:
            route.continue_()

    block_socket(page)
    page.route("**/new_message/", refuse)
    open_thread(page, conversation, wait=False)
    polling(page)
    write(page, "Poison")
    write(page, "Behind it")
    expect(page.locator("[data-why]:visible")).to_have_text("The server rejected this message.")
    expect(page.locator(".message:not([data-pending]) .message__body")).to_have_text(["Behind it"])
    assert sum("Poison" in body for body in tries) == attempts
    page.unroute("**/new_message/")
    page.locator("[data-retry]:visible").click()
    waits(page, 0)
    assert stored() == ["Behind it", "Poison"]


def test_ten_messages_are_on_their_way_before_the_first_is_acknowledged(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    sent: list[str] = []
    held: list[str | bytes] = []
    is_slow = True

    def connect(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def to_server(text: str | bytes) -> None:
            frame = json.loads(text)
            if frame["type"] == "message.send":
                sent.append(frame["body"])
            server.send(text)

        def to_page(text: str | bytes) -> None:
            if is_slow and json.loads(text)["type"] in ("message.accepted", "message.created"):
                held.append(text)
            else:
                socket.send(text)

        socket.on_message(to_server)
        server.on_message(to_page)

    page.route_web_socket("**/ws/", connect)
    open_thread(page, conversation)
    lines = [f"Line {number}" for number in range(10)]
    for body in lines:
        write(page, body)
    stored_by(page, 10)  # though the page has not received any of them
    assert stored() == lines
    assert sent == lines
    waits(page, 10)
    is_slow = False
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.reload()
    waits(page, 0)
    assert bodies(page) == lines
