"""A thread without gaps: changes out of view, and requests that failed at first."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import APIResponse, Page, Route, WebSocketRoute, expect

from accounts.models import User
from messaging.factories import MessageFactory, ParticipantFactory
from messaging.models import Conversation, Side
from tests.browser.acts import (
    Person,
    block_socket,
    bodies,
    open_thread,
    polling,
    says,
    state,
    until_held,
    waits,
    write,
)
from tests.browser.lines import Line
from tests.rulings import remove_message
from tests.whole import only_whole

LONG = 100  # messages; a history page has 40
OLD = 24  # the sequence of a message that the thread doesn't show at first


@pytest.fixture
def long_thread(conversation: Conversation, shopper: User, seller: User) -> Conversation:
    for number in range(1, LONG + 1):
        MessageFactory(conversation=conversation, sender=seller, body=f"Line {number}\nand more")
    for user, side in ((shopper, Side.CONSUMER), (seller, Side.SELLER)):
        ParticipantFactory(conversation=conversation, user=user, side=side, last_read_sequence=LONG)
    return conversation


@pytest.fixture
def asking(person: Person, shopper: User, long_thread: Conversation) -> Page:
    page = person(shopper)
    open_thread(page, long_thread)
    assert sequences(page) == list(range(61, LONG + 1))
    return page


@pytest.fixture
def answering(person: Person, seller: User, long_thread: Conversation) -> Page:
    page = person(seller)
    open_thread(page, long_thread)
    return page


def sequences(page: Page) -> list[int]:
    shown = page.locator(".message").evaluate_all("all => all.map((one) => one.dataset.sequence)")
    return [int(sequence) for sequence in shown]


def scroll_up(page: Page, shown: int) -> None:
    """Scroll to the top until this many messages are loaded."""
    page.locator(".thread__scroll").evaluate("(box) => { box.scrollTop = 0; }")
    expect(page.locator(".message")).to_have_count(shown)


def remove(moderator: User, conversation: Conversation, sequence: int) -> None:
    message = conversation.messages.get(sequence=sequence)
    remove_message(moderator, message.pk, "Contact data")


def test_a_removal_out_of_sight_makes_no_hole(
    asking: Page, answering: Page, long_thread: Conversation, moderator: User
) -> None:
    remove(moderator, long_thread, OLD)
    write(answering, "One more thing.")  # a later event has arrived, so this one has too
    says(asking, "One more thing.")
    assert sequences(asking) == list(range(61, LONG + 2))
    for shown in (81, 101):
        scroll_up(asking, shown)
        assert sequences(asking) == list(range(LONG + 2 - shown, LONG + 2))
    expect(asking.locator("[data-removed]")).to_have_count(1)
    expect(asking.locator(f"#message-{OLD}")).to_have_attribute("data-removed", "")


@only_whole
def test_a_removal_while_its_page_is_on_the_way_is_shown(
    asking: Page, answering: Page, long_thread: Conversation, moderator: User
) -> None:
    held: list[tuple[Route, APIResponse]] = []
    asking.route("**/messages/?before=*", lambda route: held.append((route, route.fetch())))
    with asking.expect_request("**/messages/?before=61"):
        asking.locator(".thread__scroll").evaluate("(box) => { box.scrollTop = 0; }")
    until_held(asking, held)  # the server has responded, but the page has not received it yet
    write(answering, "Wait.")
    says(asking, "Wait.")
    remove(moderator, long_thread, OLD)
    write(answering, "One more thing.")
    says(asking, "One more thing.")
    route, answer = held[0]
    assert f"Line {OLD}\\n" in answer.text()
    route.fulfill(response=answer)
    expect(asking.locator(f"#message-{OLD}")).to_have_attribute("data-removed", "")
    assert sequences(asking) == list(range(21, LONG + 3))


@only_whole
def test_a_thread_that_was_empty_reaches_back_to_its_first_message(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    page = person(shopper)
    line = Line(page)
    open_thread(page, conversation)
    line.cut()
    MessageFactory.create_batch(60, conversation=conversation, sender=seller)
    line.mend()
    expect(page.locator(".message")).to_have_count(40)
    assert sequences(page) == list(range(21, 61))
    scroll_up(page, 60)
    assert sequences(page) == list(range(1, 61))
    expect(page.locator(".thread__older")).to_be_hidden()


@only_whole
def test_what_waits_stays_below_the_first_message_of_all(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asking, answering = person(shopper), person(seller)

    def connect(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(text: str | bytes) -> None:
            if json.loads(text)["type"] != "message.send":
                server.send(text)

        socket.on_message(pass_on)

    asking.route_web_socket("**/ws/", connect)
    for page in (asking, answering):
        open_thread(page, conversation)
    write(asking, "Is it glazed?")
    waits(asking, 1)
    write(answering, "Welcome!")
    expect(asking.locator(".message__body")).to_have_text(["Welcome!", "Is it glazed?"])


def refuse_once(page: Page, kind: str, then: Callable[[], object]) -> list[str]:
    """Refuse the first frame of a type with "not possible right now"."""
    refused: list[str] = []

    def connect(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(text: str | bytes) -> None:
            if json.loads(text)["type"] != kind or refused:
                server.send(text)
                return
            refused.append(str(text))
            then()
            socket.send(json.dumps({"type": "error", "code": "unavailable", "detail": "Not now."}))

        socket.on_message(pass_on)

    page.route_web_socket("**/ws/", connect)
    return refused


@only_whole
def test_a_read_mark_that_was_refused_is_told_again(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asking, answering = person(shopper), person(seller)
    refused = refuse_once(answering, "conversation.read", lambda: None)
    for page in (asking, answering):
        open_thread(page, conversation)
    write(asking, "Is it still there?")
    state(asking, "Read")
    assert len(refused) == 1


@only_whole
def test_a_read_mark_that_went_with_the_line_is_told_without_one(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asking, answering = person(shopper), person(seller)
    lines: list[WebSocketRoute] = []

    def connect(socket: WebSocketRoute) -> None:
        """Close the first socket on the read mark, and allow no other."""
        if lines:
            socket.close()
            return
        lines.append(socket)
        server = socket.connect_to_server()

        def pass_on(text: str | bytes) -> None:
            if json.loads(text)["type"] == "conversation.read":
                socket.close()
            else:
                server.send(text)

        socket.on_message(pass_on)

    answering.route_web_socket("**/ws/", connect)
    for page in (asking, answering):
        open_thread(page, conversation)
    write(asking, "Is it still there?")
    state(asking, "Read")
    assert len(lines) == 1


@only_whole
def test_a_read_mark_that_failed_on_its_way_is_told_again(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asking, answering = person(shopper), person(seller)
    lost: list[str] = []

    def lose_once(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.abort()

    block_socket(answering)
    answering.route("**/read/", lose_once)
    open_thread(asking, conversation)
    open_thread(answering, conversation, wait=False)
    polling(answering)
    write(asking, "Is it still there?")
    state(asking, "Read")
    assert len(lost) == 1


@only_whole
def test_a_catch_up_that_was_refused_is_asked_for_again(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation, body="Is it still there?")
    page = person(shopper)

    def something_was_said() -> None:
        """Store a message without announcing it, so that only a request can find it."""
        MessageFactory(conversation=conversation, body="Hello?")

    refused = refuse_once(page, "conversation.open", something_was_said)
    open_thread(page, conversation)
    says(page, "Hello?")
    assert bodies(page) == ["Is it still there?", "Hello?"]
    assert len(refused) == 1
