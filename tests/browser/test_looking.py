"""Colleagues see who is looking, replying or writing a note; the shopper sees none of it."""

from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.models import Conversation
from tests.browser.acts import Person, open_thread, says, write
from tests.whole import only_whole


def test_colleagues_see_what_each_other_does(
    person: Person, shopper: User, seller: User, colleague: User, conversation: Conversation
) -> None:
    asking, writing, reading = person(shopper), person(seller), person(colleague, process=0)
    received: list[str] = []
    asking.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda text: received.append(str(text))),
    )
    for page in (asking, reading, writing):
        open_thread(page, conversation)
    line = reading.locator(".looking")
    expect(line).to_have_text(f"{seller.name} is looking")
    writing.fill("#composer-body", "Yes, ")
    expect(line).to_have_text(f"{seller.name} is replying")
    warning = reading.locator(".composer__colleagues")
    expect(warning).to_be_hidden()
    reading.fill("#composer-body", "I can")
    expect(warning).to_have_text(f"{seller.name} is replying too.")
    expect(writing.locator(".composer__colleagues")).to_have_text(
        f"{colleague.name} is replying too."
    )
    write(writing, "Yes, inside too.")
    expect(line).to_have_text(f"{seller.name} is looking")
    expect(warning).to_be_hidden()
    writing.get_by_role("radio", name="Note").check(force=True)
    writing.get_by_label("Internal note").fill("Ask")
    expect(line).to_have_text(f"{seller.name} is writing a note")
    says(asking, "Yes, inside too.")
    assert not [text for text in received if "looking" in text or "noting" in text]
    # The shopper sees somebody typing a reply, as always, but nothing of the note.
    expect(asking.locator(".looking")).to_have_count(0)


@only_whole
def test_what_is_not_repeated_expires(
    person: Person, seller: User, colleague: User, conversation: Conversation
) -> None:
    reading, writing = person(seller), person(colleague)
    reading.clock.install()
    open_thread(reading, conversation)
    open_thread(writing, conversation)
    expect(reading.locator(".looking")).to_have_text(f"{colleague.name} is looking")
    writing.close()
    reading.clock.fast_forward(26_000)
    expect(reading.locator(".looking")).to_be_hidden()


@only_whole
def test_who_opens_it_sees_at_once_who_is_replying_and_who_leaves(
    person: Person, seller: User, colleague: User, conversation: Conversation
) -> None:
    writing, reading = person(seller), person(colleague, process=0)
    open_thread(writing, conversation)
    set_seconds(writing, "repeat", 3600)
    writing.fill("#composer-body", "Yes, ")
    open_thread(reading, conversation)
    line = reading.locator(".looking")
    expect(line).to_have_text(f"{seller.name} is replying")
    set_seconds(reading, "expires", 3600)
    writing.fill("#composer-body", "")
    expect(line).to_have_text(f"{seller.name} is looking")
    writing.close()
    expect(line).to_be_hidden()


def set_seconds(page: Page, name: str, seconds: int) -> None:
    page.locator("trato-looking").evaluate(
        "(element, [name, seconds]) => element.dataset[name] = seconds", [name, seconds]
    )
