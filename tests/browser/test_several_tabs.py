"""Composers in several tabs, with full storage, and with an input method."""

from playwright.sync_api import expect

from accounts.models import User
from messaging.models import Conversation
from tests.browser.acts import (
    Person,
    open_thread,
    waits,
    write,
)
from tests.browser.lines import Line
from tests.whole import only_whole

from .outbox import is_sent, stored

FILL = """() => {
    let size = 1024 * 1024;
    let number = 0;
    while (size) {
        try { localStorage.setItem(`filler-${number++}`, "x".repeat(size)); }
        catch { size = Math.floor(size / 2); }
    }
}"""


@only_whole
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
    # Both read the storage before either writes, as two processes of a browser may.
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


@only_whole
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


@only_whole
def test_the_enter_that_ends_a_composition_sends_nothing(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    page.fill("#composer-body", "日本")
    # As Safari reports it: the composition has ended by then, and only the code identifies the key.
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
