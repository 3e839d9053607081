"""A conversation of thousands of messages: the page has a window of it, which moves."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from deploy import services
from messaging.factories import ParticipantFactory
from messaging.models import Conversation, Side
from tests.browser.acts import Person, live, open_thread, says, write
from tests.browser.lines import Line
from tests.messaging.navigation.long import fill
from tests.whole import only_whole

LONG = 600
MOST = 400  # messages on the page, as in history.js
NEWS = ".thread__jump"


@pytest.fixture
def talk(conversation: Conversation, shopper: User, seller: User) -> Conversation:
    fill(conversation, seller, LONG, body=lambda number: f"Line {number}\nand more of it")
    for user, side in ((shopper, Side.CONSUMER), (seller, Side.SELLER)):
        ParticipantFactory(conversation=conversation, user=user, side=side, last_read_sequence=LONG)
    return conversation


def sequences(page: Page) -> list[int]:
    sent = page.locator(".message:not([data-pending])")
    return [int(one) for one in sent.evaluate_all("all => all.map((one) => one.dataset.sequence)")]


def contiguous(page: Page) -> list[int]:
    """Return what the page shows. Check that it has no gap, nothing twice, and not too much."""
    shown = sequences(page)
    assert shown == list(range(shown[0], shown[-1] + 1))
    assert len(shown) <= MOST
    return shown


def mark(talk: Conversation, person: User) -> int:
    return talk.participants.get(user=person).last_read_sequence


def at(talk: Conversation, sequence: int) -> str:
    return f"{talk.get_absolute_url()}?message={sequence}"


def scroll(page: Page, where: str) -> None:
    page.locator(".thread__scroll").evaluate(
        "(box, where) => { box.scrollTop = where === 'up' ? 0 : box.scrollHeight; }", where
    )


def scroll_until(page: Page, where: str, sequence: int) -> None:
    """Scroll on until a message is loaded."""
    while page.locator(f"#message-{sequence}").count() == 0:
        before = sequences(page)
        scroll(page, where)
        page.wait_for_function(
            "([first, last]) => { const all = document.querySelectorAll("
            "'.message:not([data-pending])'); return all[0].dataset.sequence !== first"
            " || all[all.length - 1].dataset.sequence !== last; }",
            arg=[str(before[0]), str(before[-1])],
        )


def test_a_window_of_the_past_moves_to_the_end_and_is_live_there(
    person: Person, shopper: User, seller: User, talk: Conversation
) -> None:
    asking, answering = person(shopper), person(seller)
    open_thread(answering, talk)
    asking.goto(at(talk, 100))
    live(asking)
    expect(asking.locator("#message-100")).to_be_in_viewport(ratio=1)
    assert contiguous(asking) == list(range(81, 121))
    jump = asking.locator(NEWS)
    expect(jump).to_have_text("To the latest messages")
    # New messages are counted meanwhile, but not shown as if they came next.
    write(answering, "One more thing.")
    expect(jump).to_have_text("1 new message")
    assert contiguous(asking) == list(range(81, 121))
    assert mark(talk, shopper) == LONG

    scroll_until(asking, "down", LONG + 1)
    assert contiguous(asking)[-1] == LONG + 1
    expect(asking.locator(".thread__newer")).to_be_hidden()
    scroll(asking, "down")
    expect(jump).to_be_hidden()
    write(answering, "And another.")
    says(asking, "And another.")

    def is_read() -> None:
        assert mark(talk, shopper) == LONG + 2

    services.wait(is_read, AssertionError)
    scroll_until(asking, "up", 1)
    assert contiguous(asking)[0] == 1
    assert len(contiguous(asking)) > MOST - 80
    expect(jump).to_have_text("To the latest messages")
    asking.evaluate("delete Element.prototype.checkVisibility")  # as in older browsers
    asking.locator(NEWS).focus()
    asking.keyboard.press("Enter")
    says(asking, "And another.")
    expect(asking.locator(".message").last).to_be_in_viewport()
    assert contiguous(asking)[-1] == LONG + 2
    expect(asking.locator(".thread__log")).to_be_focused()  # the button is gone


@only_whole
def test_what_is_in_view_stays_while_messages_come_and_leave(
    person: Person, shopper: User, talk: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, talk)
    moved = """(name) => {
        const top = () => document.querySelector(".thread__scroll").getBoundingClientRect().top;
        const items = [...document.querySelectorAll(".message")];
        const item = items.find((one) => one.getBoundingClientRect().bottom > top());
        const before = item.getBoundingClientRect().top;
        const log = document.querySelector(".thread__log");
        const spoken = [];
        const watch = new MutationObserver(() => spoken.push(log.ariaLive));
        watch.observe(log, { childList: true, subtree: true });
        return document.querySelector("trato-thread").history[name]().then(() => {
            watch.disconnect();
            return [item.isConnected, Math.abs(item.getBoundingClientRect().top - before) < 2,
                    spoken.every((one) => one === "off")];
        });
    }"""
    for _ in range(12):
        page.locator(".thread__scroll").evaluate("(box) => { box.scrollTop = 300; }")
        assert page.evaluate(moved, "loadOlder") == [True, True, True]
        contiguous(page)
    assert contiguous(page)[-1] < LONG
    for _ in range(12):
        page.locator(".thread__scroll").evaluate(
            "(box) => { box.scrollTop = box.scrollHeight - box.clientHeight - 300; }"
        )
        assert page.evaluate(moved, "loadNewer") == [True, True, True]
        contiguous(page)
    expect(page.locator(".thread__log")).to_have_attribute("aria-live", "polite")


@only_whole
def test_the_own_message_leads_from_the_past_to_the_end(
    person: Person, shopper: User, talk: Conversation
) -> None:
    page = person(shopper)
    line = Line(page)
    page.goto(at(talk, 100))
    live(page)
    write(page, "I'm here")
    says(page, "I'm here")
    expect(page.locator(f"#message-{LONG + 1}")).to_be_in_viewport(ratio=1)
    assert contiguous(page)[-1] == LONG + 1
    # Without a connection it waits below a line, since it isn't the next message.
    page.goto(at(talk, 100))
    live(page)
    line.cut()
    write(page, "And here")
    expect(page.locator(".message[data-pending]")).to_be_in_viewport()
    expect(page.locator(".messages__gap + .message[data-pending]")).to_have_count(1)
    line.mend()
    expect(page.locator(".message[data-pending]")).to_have_count(0)
    expect(page.locator(".messages__gap")).to_have_count(0)
    page.click(NEWS)
    says(page, "And here")


@only_whole
def test_a_lost_connection_in_the_past_loses_and_doubles_nothing(
    person: Person, shopper: User, seller: User, talk: Conversation
) -> None:
    asking, answering = person(shopper), person(seller)
    line = Line(asking)
    open_thread(answering, talk)
    asking.goto(at(talk, 300))
    live(asking)
    line.cut()
    for number in range(3):
        write(answering, f"Missed {number}")
        says(answering, f"Missed {number}")
    old = talk.messages.get(sequence=300)
    old.body, old.revision = "Changed meanwhile", talk.messages.count() + 1
    old.save()
    type(talk).objects.filter(pk=talk.pk).update(revision=old.revision)
    line.mend()
    expect(asking.locator(NEWS)).to_have_text("3 new messages")
    expect(asking.locator("#message-300 .message__body")).to_have_text("Changed meanwhile")
    assert contiguous(asking) == list(range(281, 321))
    asking.click(NEWS)
    says(asking, "Missed 2")
    assert contiguous(asking)[-1] == LONG + 3


@only_whole
def test_going_to_the_end_misses_no_change_and_no_end(
    person: Person, shopper: User, talk: Conversation
) -> None:
    rows = type(talk).objects.filter(pk=talk.pk)
    page = person(shopper)
    page.goto(at(talk, 100))
    live(page)
    page.locator("#message-100 .message__menu summary").press("Enter")
    page.click("#message-100 [data-do=quote]")
    expect(page.locator(".composer__about [data-excerpt]")).to_contain_text("Line 100")
    # Its event got lost, and the last page doesn't have it.
    talk.messages.filter(sequence=100).update(body="Changed meanwhile", revision=LONG + 1)
    rows.update(revision=LONG + 1)
    page.click(NEWS)
    expect(page.locator(f"#message-{LONG}")).to_be_in_viewport()
    page.evaluate("document.querySelector('trato-thread').catchUp()")
    expect(page.locator(".composer__about [data-excerpt]")).to_have_text("Changed meanwhile")

    page.goto(at(talk, 100))
    live(page)
    expect(page.locator(NEWS)).to_be_visible()
    rows.update(ended_at=timezone.now(), revision=LONG + 2)
    page.click(NEWS)
    expect(page.locator(".thread__ended:not([data-closed])")).to_be_visible()
    expect(page.locator("#composer-body")).to_be_hidden()


@only_whole
def test_a_page_keeps_some_changes_elsewhere_unless_it_is_loading(
    person: Person, shopper: User, talk: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, talk)
    sizes = page.evaluate("""() => {
        const thread = document.querySelector("trato-thread");
        const { timeline, history } = thread;
        const changes = (revision, count) => Array.from({ length: count }, (_, place) => (
            { sequence: place + 1, revision, body: "", sender: { id: 1, name: "" } }
        ));
        const sizes = [];
        history.isLoading = {}; // a page that may not know them
        thread.show(changes(10000, 550));
        sizes.push(timeline.outside.size);
        history.isLoading = null;
        thread.show(changes(20000, 1));
        sizes.push(timeline.outside.size);
        changes(30000, 550).forEach((one) => timeline.take(one));
        history.tidy();
        sizes.push(timeline.outside.size);
        return sizes;
    }""")
    assert sizes == [550, 500, 500]


@only_whole
def test_a_quote_leads_thousands_of_messages_back_at_once(
    person: Person, shopper: User, seller: User, talk: Conversation
) -> None:
    last = talk.messages.get(sequence=LONG)
    last.quote = 5
    last.save()
    page = person(shopper)
    open_thread(page, talk)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.click(f"#message-{LONG} .message__quote")
    expect(page.locator("#message-5")).to_be_in_viewport(ratio=1)
    expect(page.locator("#message-5")).to_be_focused()
    assert [url.split("?")[1] for url in asked if "/messages/?" in url] == ["around=5"]
    assert contiguous(page) == list(range(1, 41))


@only_whole
def test_many_unread_messages_are_read_from_the_first_one_on(
    person: Person, shopper: User, talk: Conversation
) -> None:
    talk.participants.filter(user=shopper).update(last_read_sequence=LONG - 150)
    page = person(shopper)
    open_thread(page, talk)
    expect(page.locator(".messages__new")).to_have_text("150 new messages")
    expect(page.locator(".messages__new")).to_be_in_viewport()
    expect(page.locator(NEWS)).to_have_text("150 new messages")
    assert mark(talk, shopper) == LONG - 150
    # Messages that were scrolled past are read; the rest aren't yet.
    scroll(page, "down")

    def is_partly_read() -> None:
        assert LONG - 150 < mark(talk, shopper) < LONG

    services.wait(is_partly_read, AssertionError)
    page.click(NEWS)
    expect(page.locator(f"#message-{LONG}")).to_be_in_viewport()

    def is_read() -> None:
        assert mark(talk, shopper) == LONG

    services.wait(is_read, AssertionError)
    page.reload()
    expect(page.locator(f"#message-{LONG}")).to_be_in_viewport()
    expect(page.locator(".messages__new")).to_have_count(0)


@only_whole
def test_a_place_in_the_middle_of_unread_messages_reads_nothing(
    person: Person, shopper: User, talk: Conversation
) -> None:
    talk.participants.filter(user=shopper).update(last_read_sequence=50)
    page = person(shopper)
    open_thread(page, talk)
    expect(page.locator(f"#message-{LONG}")).to_be_in_viewport()
    talk.participants.filter(user=shopper).update(last_read_sequence=50)
    page.goto(at(talk, 300))
    live(page)
    scroll_until(page, "down", 400)
    assert mark(talk, shopper) == 50
    page.goto(at(talk, LONG - 30))
    expect(page.locator(f"#message-{LONG - 30}")).to_be_in_viewport()


@only_whole
def test_far_unread_messages_are_one_button_away(
    person: Person, shopper: User, talk: Conversation
) -> None:
    talk.participants.filter(user=shopper).update(last_read_sequence=50)
    for scripts in (False, True):
        page = person(shopper, java_script_enabled=scripts)
        open_thread(page, talk, wait=scripts)
        page.get_by_text("Go to the first unread message").click()
        expect(page.locator("#message-51")).to_be_in_viewport()
        assert contiguous(page) == list(range(32, 72))
        talk.participants.filter(user=shopper).update(last_read_sequence=50)


@only_whole
@pytest.mark.parametrize("scripts", [True, False])
def test_words_and_a_day_are_found_from_the_menu(
    scripts: bool, person: Person, shopper: User, talk: Conversation
) -> None:
    talk.messages.filter(sequence=9).update(body="The blue jarrón, please.")
    talk.messages.filter(sequence__gt=500).update(created_at=timezone.now())
    day = timezone.now() - timedelta(days=9)
    talk.messages.filter(sequence__lte=40).update(created_at=day)
    # The page may be older than the messages of the day.
    type(talk).objects.filter(pk=talk.pk).update(created_at=day, last_message_at=day)
    page = person(shopper, java_script_enabled=scripts)
    open_thread(page, talk, wait=scripts)
    page.click(".triage__more")
    page.fill("#search-words", "jarron")
    page.press("#search-words", "Enter")
    expect(page.locator(".navigation__sentence mark")).to_have_text("jarrón")
    page.click(".navigation__result")
    expect(page.locator("#message-9")).to_be_in_viewport(ratio=0.9)
    page.click(".triage__more")
    page.fill("#go-to-date", f"{day + timedelta(days=1):%Y-%m-%d}")
    page.press("#go-to-date", "Enter")
    expect(page.locator("#message-41")).to_be_in_viewport(ratio=0.9)
    assert 41 in contiguous(page)


@only_whole
def test_five_thousand_messages_leave_no_more_on_the_page(
    person: Person, shopper: User, seller: User, talk: Conversation
) -> None:
    fill(talk, seller, 5000 - LONG)
    talk.participants.update(last_read_sequence=5000)
    page = person(shopper)
    open_thread(page, talk)
    load = """async ([name, times]) => {
        const { history } = document.querySelector("trato-thread");
        const { box } = history.scroll;
        let most = 0;
        for (let time = 0; time < times; time += 1) {
            box.scrollTop = name === "loadOlder" ? 0 : box.scrollHeight;
            await history[name]();
            while (history.isLoading) await new Promise((resume) => setTimeout(resume, 5));
            most = Math.max(most, document.querySelectorAll(".message").length);
        }
        return most;
    }"""
    assert MOST - 80 < page.evaluate(load, ["loadOlder", 12]) <= MOST
    assert contiguous(page)[-1] < 5000
    page.evaluate("document.querySelector('trato-thread').toMessage(41)")
    expect(page.locator("#message-41")).to_be_in_viewport()
    assert page.evaluate(load, ["loadOlder", 2]) <= MOST
    assert contiguous(page)[0] == 1
    assert MOST - 80 < page.evaluate(load, ["loadNewer", 12]) <= MOST
    assert contiguous(page)[0] > 1
