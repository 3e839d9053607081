"""What waits to be sent: asked about when it is old, taken back, kept, and sent in its order."""

import datetime
import json
import time

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Product, Shop
from messaging.models import Conversation, Message
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

FILL = """() => {
    let size = 1024 * 1024;
    let number = 0;
    while (size) {
        try { localStorage.setItem(`filler-${number++}`, "x".repeat(size)); }
        catch { size = Math.floor(size / 2); }
    }
}"""


def stored() -> list[str]:
    return list(Message.objects.order_by("sequence").values_list("body", flat=True))


def stored_by(page: Page, count: int) -> None:
    """So many messages come to be stored; the page lives on meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while len(stored()) < count:
        assert time.monotonic() < deadline
        page.wait_for_timeout(20)


def is_sent(page: Page) -> None:
    expect(page.locator("[data-state]").last).to_have_text("Sent")


def age(page: Page, days: float) -> None:
    """All that waits was written so long before."""
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days)
    page.evaluate(
        """then => {
            for (const key of Object.keys(localStorage)) {
                if (!key.startsWith("trato-outbox-")) continue;
                const entry = { ...JSON.parse(localStorage.getItem(key)), created_at: then };
                localStorage.setItem(key, JSON.stringify(entry));
            }
        }""",
        then.isoformat(),
    )


def test_what_was_written_long_ago_is_sent_only_once_its_writer_says_so(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    line = Line(page)
    open_thread(page, conversation)
    line.cut()
    for number in range(3):
        write(page, f"Line {number}")
    waits(page, 3)
    age(page, 8)
    line.is_cut = False
    page.context.set_offline(False)
    page.goto("/products/")
    live(page)
    asked = page.locator(".unsent__item")
    expect(page.locator(".unsent__body")).to_have_text(["Line 0", "Line 1", "Line 2"])
    expect(asked.first).to_contain_text("not sent yet. Send it now?")
    asked.nth(1).get_by_role("button", name="Discard").click()
    asked.first.get_by_role("button", name="Send now").click()
    expect(asked).to_have_count(1)
    asked.first.get_by_role("link").click()
    # In its thread it is asked about in its place.
    expect(page.locator(".message__body")).to_have_text(["Line 0", "Line 2"])
    expect(page.locator(".message__failed:visible")).to_contain_text("not sent yet. Send it now?")
    expect(page.locator(".unsent")).to_have_count(0)
    write(page, "Meanwhile")  # is not held up by it
    expect(page.locator(".message__body")).to_have_text(["Line 0", "Meanwhile", "Line 2"])
    page.locator("[data-retry]:visible").click()
    waits(page, 0)
    assert stored() == ["Line 0", "Meanwhile", "Line 2"]


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


@pytest.mark.parametrize("poison", ["\x01" * 4000, "\ud800" * 4000], ids=["control", "surrogates"])
def test_a_message_that_is_too_big_for_the_socket_holds_up_nothing(
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
        ["Behind it"] if poison[0] == "\x01" else ["\ufffd" * 4000, "Behind it"]
    )
    if poison[0] == "\x01":
        expect(page.locator(".message__failed [data-why]:visible")).not_to_be_empty()
    live(page)
    write(page, "And on it goes")
    expect(page.locator(".message:not([data-pending]) .message__body").last).to_have_text(
        "And on it goes"
    )
    assert stored()[-2:] == ["Behind it", "And on it goes"]


def test_a_post_that_is_refused_is_told_and_not_repeated_for_ever(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    tries: list[str] = []

    def refuse(route: Route) -> None:
        body = route.request.post_data or ""
        tries.append(body)
        if "Poison" in body:
            route.fulfill(status=403, body="<h1>No</h1>", content_type="text/html")
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
    assert sum("Poison" in body for body in tries) == 1
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
    stored_by(page, 10)  # though the page has heard of none
    assert stored() == lines
    assert sent == lines
    waits(page, 10)
    is_slow = False
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.reload()
    waits(page, 0)
    assert bodies(page) == lines


def test_a_full_store_does_not_keep_a_message_from_being_sent(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    page.evaluate(FILL)
    write(page, "No room for this")
    is_sent(page)
    expect(page.locator("#composer-body")).to_have_value("")
    assert stored() == ["No room for this"]
    expect(page.locator("#connection")).to_contain_text("out of storage")


def test_two_tabs_that_write_at_once_overwrite_nothing(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    one = person(shopper)
    line = Line(one)
    open_thread(one, conversation)
    two = one.context.new_page()
    other = Line(two)
    open_thread(two, conversation)
    line.cut()
    other.cut()
    # Both have read what waits before either writes, as two processes of a browser do.
    write_now = """async ([conversation, body, stale]) => {
        const { outbox } = await import("trato/outbox");
        if (stale) outbox.read = () => stale;
        outbox.add(conversation, body);
        delete outbox.read;
        outbox.changed();
    }"""
    one.evaluate(write_now, [conversation.pk, "From one", None])
    two.evaluate(write_now, [conversation.pk, "From two", []])
    waits(one, 2)
    waits(two, 2)
    line.is_cut = other.is_cut = False
    one.context.set_offline(False)
    for page in (one, two):
        waits(page, 0)
    assert sorted(stored()) == ["From one", "From two"]


def test_what_is_sent_in_one_tab_does_not_stay_in_the_others_box(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    one = person(shopper)
    open_thread(one, conversation)
    one.fill("#composer-body", "Half")
    two = one.context.new_page()
    open_thread(two, conversation)
    box = two.locator("#composer-body")
    expect(box).to_have_value("Half")
    write(one, "Half and half")
    is_sent(one)
    expect(box).to_have_value("")
    two.fill("#composer-body", "My own")
    one.fill("#composer-body", "Something else")
    write(one, "Done")
    is_sent(one)
    expect(box).to_have_value("My own")


def test_the_enter_that_ends_a_composition_sends_nothing(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    page.fill("#composer-body", "日本")
    # As Safari tells it: the composition has ended by then, and only the code says what it was.
    press = """code => document.querySelector("#composer-body").dispatchEvent(
        new KeyboardEvent("keydown", {
            key: "Enter", keyCode: code, bubbles: true, cancelable: true,
        })
    )"""
    page.evaluate(press, 229)
    expect(page.locator("#composer-body")).to_have_value("日本")
    assert stored() == []
    page.evaluate(press, 13)
    is_sent(page)
    assert stored() == ["日本"]


# -- Asking --------------------------------------------------------------------------------------


@pytest.mark.parametrize("asks", ["a person", "a visitor"])
def test_a_question_is_kept_while_it_is_written_in_three_tabs(
    asks: str, person: Person, shopper: User, shop: Shop
) -> None:
    products = ProductFactory.create_batch(3, shop=shop)
    first = person(shopper if asks == "a person" else None)
    tabs = [first, first.context.new_page(), first.context.new_page()]
    for page, product in zip(tabs, products, strict=True):
        page.goto(product.get_absolute_url())
        page.fill("#ask-body", f"About {product.title}")
    for page, product in zip(tabs, products, strict=True):
        box = page.locator("#ask-body")
        page.reload()
        expect(box).to_have_value(f"About {product.title}")
        page.get_by_role("button", name="Español").click()
        expect(page.locator("html")).to_have_attribute("lang", "es")
        expect(box).to_have_value(f"About {product.title}")
        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_question_that_was_sent_is_no_longer_in_the_panel(
    person: Person, shopper: User, product: Product
) -> None:
    page = person(shopper)
    page.goto(product.get_absolute_url())
    page.fill("#ask-body", "Is it blue?")
    page.click(".ask button.button--primary")
    expect(page.locator(".message__body")).to_have_text(["Is it blue?"])
    live(page)  # the thread's script has seen that the question is there
    page.goto(product.get_absolute_url())
    expect(page.locator("#ask-body")).to_have_value("")
    page.fill("#ask-body", "Is it green?")
    page.click(".ask button.button--primary")
    expect(page.locator(".message__body")).to_have_text(["Is it blue?", "Is it green?"])


@pytest.mark.parametrize("lost", ["question", "answer"])
def test_a_question_that_was_lost_on_the_way_is_asked_once(
    lost: str, person: Person, shopper: User, product: Product
) -> None:
    page = person(shopper)
    page.goto(product.get_absolute_url())
    expect(page.locator(".ask__ready")).to_be_visible()  # the page's scripts are there

    def lose(route: Route) -> None:
        if lost == "answer":
            route.fetch()  # the server has it
        route.abort()

    page.route("**/contact/", lose)
    page.fill("#ask-body", "Is it blue?")
    with page.expect_event("requestfailed", lambda request: "/contact/" in request.url):
        page.click(".ask button.button--primary", no_wait_after=True)
    page.unroute("**/contact/")
    page.goto(product.get_absolute_url())
    expect(page.locator("trato-ask:defined")).to_be_visible()
    if lost == "answer":  # the page is told that the server has it
        expect(page.locator("#ask-body")).to_have_value("")
    else:
        expect(page.locator("#ask-body")).to_have_value("Is it blue?")
        page.click(".ask button.button--primary")
        expect(page.locator(".message__body")).to_have_text(["Is it blue?"])
    assert stored() == ["Is it blue?"]


def test_what_a_visitor_wrote_goes_on_after_the_login_and_is_nobody_elses(
    person: Person, shopper: User, stranger: User, product: Product
) -> None:
    page = person(None)
    page.goto(product.get_absolute_url())
    page.fill("#ask-body", "Is it blue?")
    other = page.context.new_page()
    other.goto(product.get_absolute_url())
    expect(other.locator("#ask-body")).to_have_value("")
