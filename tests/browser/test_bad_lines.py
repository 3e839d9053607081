"""With a lost connection or a dead server, messages arrive once and in order."""

import pytest
from playwright.sync_api import Error, Route, expect

from accounts.models import User
from messaging.factories import MessageFactory
from messaging.models import Conversation, Message
from tests.browser.acts import (
    Person,
    block_socket,
    bodies,
    live,
    open_thread,
    polling,
    returned,
    says,
    shows,
    waits,
    write,
)
from tests.browser.lines import Line
from tests.said import say
from tests.site import Site
from tests.whole import only_whole

STATUS = "#connection"


def stored() -> list[str]:
    return list(Message.objects.order_by("sequence").values_list("body", flat=True))


@only_whole
def test_what_was_written_while_the_server_was_dead_arrives_once_and_in_order(
    site: Site, person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    pages = [person(shopper), person(seller)]
    for page in pages:
        open_thread(page, conversation)
    for number in range(20):
        if number == 7:
            site.kill(0)
        if number == 14:
            site.start(0)
        for name, page in zip("ab", pages, strict=True):
            write(page, f"{name}{number}")
    for page in pages:
        returned(page)
        expect(page.locator(".message:not([data-pending])")).to_have_count(40)
    lines = stored()
    assert len(lines) == len(set(lines)) == 40
    assert [body for body in lines if body[0] == "a"] == [f"a{number}" for number in range(20)]
    assert [body for body in lines if body[0] == "b"] == [f"b{number}" for number in range(20)]
    for page in pages:
        assert bodies(page) == lines


@only_whole
def test_what_waits_survives_that_the_tab_is_closed_while_the_server_is_down(
    site: Site, person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    site.kill(0)
    for number in range(3):
        write(page, f"Line {number}")
    page.fill("#composer-body", "And half a sent")
    waits(page, 3)
    expect(page.locator(STATUS)).to_contain_text(
        "No connection. Keep writing; 3 messages are waiting."
    )
    with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
        page.reload()
    site.start(0)
    page.close()
    again = page.context.new_page()
    open_thread(again, conversation)
    says(again, "Line 2")
    expect(again.locator("#composer-body")).to_have_value("And half a sent")
    waits(again, 0)
    again.reload()
    assert bodies(again) == stored() == ["Line 0", "Line 1", "Line 2"]


@only_whole
def test_a_line_that_is_back_is_told_and_what_was_missed_is_there(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asking, answering = person(shopper), person(seller)
    line = Line(asking)
    for page in (asking, answering):
        open_thread(page, conversation)
    line.cut()
    expect(asking.locator(STATUS)).to_contain_text("No connection.")
    write(answering, "Are you there?")
    write(asking, "I am.")
    waits(asking, 1)
    line.mend()
    shows(asking, STATUS, "You're back online.")  # for three seconds
    expect(answering.locator(".message__body")).to_have_text(["Are you there?", "I am."])
    expect(asking.locator(".message__body")).to_have_text(["Are you there?", "I am."])
    expect(asking.locator(STATUS)).to_be_hidden()


@only_whole
@pytest.mark.parametrize(
    "happens",
    [
        pytest.param("window.dispatchEvent(new Event('online'))", id="online"),
        pytest.param("document.dispatchEvent(new Event('visibilitychange'))", id="tab shown"),
    ],
)
def test_it_connects_at_once_when_there_is_reason_to_hope(
    happens: str, person: Person, shopper: User
) -> None:
    page = person(shopper)
    page.add_init_script("Math.random = () => 10_000")  # the next attempt is more than an hour away
    line = Line(page)
    page.goto("/products/")
    live(page)
    line.cut(requests=False)
    line.is_cut = False
    page.evaluate(happens)
    live(page)


@only_whole
def test_after_a_long_absence_everything_that_was_missed_is_there(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    page = person(shopper)
    line = Line(page)
    MessageFactory(conversation=conversation)
    open_thread(page, conversation)
    line.cut()
    for number in range(2, 442):  # several pages of 200
        MessageFactory(conversation=conversation, sender=seller, body=f"Line {number}")
    line.mend()
    expect(page.locator("#message-441")).to_be_in_viewport()
    shown = page.locator(".message").evaluate_all("all => all.map((one) => one.id)")
    assert len(shown) <= 400  # a window: the others load by scrolling
    first = 442 - len(shown)
    assert shown == [f"message-{number}" for number in range(first, 442)]
    page.locator(".thread__scroll").evaluate("box => box.scrollTo(0, 0)")
    expect(page.locator(f"#message-{first - 40}")).to_be_attached()


@only_whole
def test_a_line_that_goes_dead_without_a_word_is_replaced(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    """As after a laptop's sleep: there is no close, and the server's heartbeat stops."""
    page = person(shopper)
    line = Line(page)
    page.clock.install()
    open_thread(page, conversation)
    line.silence()
    for _ in range(
        5
    ):  # after the first jump, a frame that was already on its way may count as received
        page.clock.fast_forward(60_000)  # milliseconds
    live(page)
    assert len(line.sockets) > 1


def test_a_message_whose_event_got_lost_is_shown_to_its_sender(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    line = Line(page)
    open_thread(page, conversation)
    line.lost_kind = "message.created"
    write(page, "Are you there?")
    says(page, "Are you there?")
    waits(page, 0)
    expect(page.locator(".message:not([data-pending]) .message__body")).to_have_text(
        "Are you there?"
    )


def test_without_a_socket_a_request_that_is_never_answered_is_given_up(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    page = person(shopper)
    block_socket(page)
    page.clock.install()
    open_thread(page, conversation, wait=False)
    polling(page)
    held: dict[str, Route] = {}

    def hold_first(route: Route) -> None:
        path = route.request.url.partition("?")[0]
        if held.setdefault(path, route) is not route:
            route.continue_()

    page.route("**/unread/", hold_first)
    page.route("**/messages/?since=*", hold_first)
    while len(held) < 2:
        page.clock.run_for(5_000)
    say(seller, conversation, "Are you there?")
    page.clock.run_for(120_000)
    says(page, "Are you there?")
