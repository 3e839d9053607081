"""Two colleagues and a shopper: notes reach the colleague, and nothing about them the shopper."""

import re
import uuid
from typing import Any

from playwright.sync_api import Page, expect

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop
from messaging.models import Conversation, Message, Note
from messaging.notes import actions
from messaging.reading.actions import mark_read
from messaging.triage import actions as triage
from tests.browser.acts import Person, bodies, live, open_thread, says, write
from tests.browser.inspector import Inspect, languages
from tests.said import say
from tests.whole import only_whole
from trato import rate_limits

WORDS = "Zinnober-Quitte"  # occurs nowhere else


def listen(page: Page) -> list[str]:
    """Collect everything that a browser receives from now on: frames and responses."""
    received: list[str] = []

    def keep(payload: str | bytes) -> None:
        received.append(payload if isinstance(payload, str) else payload.decode())

    page.on("websocket", lambda socket: socket.on("framereceived", keep))
    answers = ("document", "fetch", "xhr")
    page.on(
        "response",
        lambda answer: (
            received.append(answer.text())
            if answer.request.resource_type in answers and answer.status == 200
            else None
        ),
    )
    return received


def choose(page: Page, mode: str) -> None:
    page.get_by_role("radio", name=mode).check(force=True)


def add_note(page: Page, text: str) -> None:
    page.get_by_label("Internal note").fill(text)
    page.keyboard.press("Enter")


def notes(page: Page) -> list[str]:
    return page.locator(".note[data-number] .note__body").all_inner_texts()


def test_notes_reach_the_colleague_and_never_the_shopper(
    person: Person, shopper: User, seller: User, colleague: User, conversation: Conversation
) -> None:
    asking, writing, reading = person(shopper), person(seller), person(colleague)
    received = listen(asking)
    say(shopper, conversation, "Is it glazed?")
    for page in (asking, writing, reading):
        open_thread(page, conversation)
    choose(writing, "Note")
    add_note(writing, f"{WORDS}: he means the small one")
    expect(reading.locator(".note__body")).to_have_text(f"{WORDS}: he means the small one")
    expect(reading.locator(".note__author")).to_have_text(seller.name)
    expect(reading.locator(".note__label")).to_contain_text("only your team sees this")
    expect(writing.locator(".note:not([data-waiting])")).to_have_count(1)
    triage.assign(seller, [conversation.pk], None)
    triage.assign(seller, [conversation.pk], colleague.pk)
    line = reading.locator(".messages .assignment")  # of two within a minute, the last one
    expect(line).to_have_text(re.compile(f"{seller.name} assigned this to {colleague.name}"))
    reading.reload()
    expect(line).to_have_text(re.compile(f"{seller.name} assigned this to {colleague.name}"))
    choose(writing, "Message")
    write(writing, "Yes, inside too.")
    for page in (asking, reading):
        says(page, "Yes, inside too.")
    assert bodies(asking) == ["Is it glazed?", "Yes, inside too."]
    asking.reload()
    says(asking, "Yes, inside too.")
    live(asking)
    text = "".join(received)
    assert "Yes, inside too." in text  # it does listen
    [note] = Note.objects.all()
    for secret in (
        WORDS,
        str(note.client_id),
        "note.created",
        "team_revision",
        "note-1",
        "assigned this",
        "by_reply",
    ):
        assert secret not in text, secret


@only_whole
def test_a_note_is_resumed_after_the_socket_was_away(
    person: Person, shopper: User, seller: User, colleague: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "One")
    page = person(seller)
    open_thread(page, conversation)
    page.context.set_offline(True)
    page.evaluate(
        "import('trato/session').then(({ session }) => session.connection.socket?.close())"
    )
    actions.add(colleague, conversation.pk, uuid.uuid4(), "While you were away")
    say(shopper, conversation, "Two")
    page.context.set_offline(False)
    says(page, "Two")
    expect(page.locator(".note__body")).to_have_text("While you were away")
    order = page.locator(".message, .note").evaluate_all("all => all.map((one) => one.id)")
    assert order == ["message-1", "note-1", "message-2"]


@only_whole
def test_each_box_keeps_its_own_draft_and_a_reload_keeps_the_mode(
    person: Person, seller: User, conversation: Conversation
) -> None:
    page = person(seller)
    open_thread(page, conversation)
    page.fill("#composer-body", "For the shopper")
    choose(page, "Note")
    expect(page.get_by_label("Internal note")).to_be_focused()
    page.get_by_label("Internal note").fill("For the team")
    expect(page.get_by_role("button", name="Add note")).to_be_visible()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_hidden()
    page.reload()
    live(page)
    expect(page.get_by_label("Internal note")).to_have_value("For the team")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#composer-body")).to_have_value("For the shopper")
    expect(page.locator("#composer-body")).to_be_focused()
    page.keyboard.press("Enter")
    says(page, "For the shopper")
    choose(page, "Note")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".note[data-number] .note__body")).to_have_text("For the team")
    expect(page.get_by_role("button", name="Add note")).to_be_visible()  # the box stays open
    assert Message.objects.get().body == "For the shopper"
    assert Note.objects.get().body == "For the team"


@only_whole
def test_a_refused_note_can_be_sent_again_or_discarded(
    person: Person, seller: User, conversation: Conversation
) -> None:
    page = person(seller)
    open_thread(page, conversation)
    choose(page, "Note")
    page.route("**/notes/", lambda route: route.fulfill(status=400, json={"detail": "No."}))
    add_note(page, "Once more")
    expect(page.locator(".note__failed")).to_contain_text("No.")
    page.unroute("**/notes/")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".note[data-number] .note__body")).to_have_text("Once more")
    assert Note.objects.get().body == "Once more"


@only_whole
def test_older_messages_bring_their_notes(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    for number in range(60):
        rate_limits.reset()
        say(shopper, conversation, f"Message {number}")
        if number % 10 == 5:
            actions.add(seller, conversation.pk, uuid.uuid4(), f"Note {number}")
    mark_read(seller, conversation.pk, 60)
    page = person(seller)
    open_thread(page, conversation)
    assert notes(page) == ["Note 25", "Note 35", "Note 45", "Note 55"]
    page.locator(".thread__scroll").evaluate("box => box.scrollTo(0, 0)")
    expect(page.locator(".note")).to_have_count(6)
    order = page.locator(".message, .note").evaluate_all("all => all.map((one) => one.id)")
    assert order[5:8] == ["message-6", "note-1", "message-7"]
    assert len(order) == 66
    expect(page.locator(".messages__day")).to_have_count(1)
    # A page that begins further back has only the notes between its messages, even when it loads
    # more.
    page.goto(f"{conversation.get_absolute_url()}?around=1")
    live(page)
    assert notes(page) == ["Note 5", "Note 15", "Note 25", "Note 35"]
    page.locator(".thread__scroll").evaluate("box => box.scrollTo(0, box.scrollHeight)")
    expect(page.locator(".note")).to_have_count(6)
    assert page.locator(".message, .note").evaluate_all("all => all.map((one) => one.id)") == order


@only_whole
def test_a_colleague_is_mentioned_by_keyboard_and_reads_it(
    person: Person, seller: User, colleague: User, shop: Shop, conversation: Conversation
) -> None:
    ShopMemberFactory(shop=shop, user=UserFactory(name="Irene Gil", seller=True))
    page, other = person(seller), person(colleague)
    other.goto("/notifications/")
    live(other)
    open_thread(page, conversation)
    choose(page, "Note")
    field, options = page.get_by_label("Internal note"), page.locator(".mentions:visible > li")
    field.press_sequentially("Please ask @i")
    expect(options).to_have_text([colleague.name, "Irene Gil"])
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(field).to_have_value(f"Please ask @{colleague.name} ")
    expect(options).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator(".note[data-number]")).to_have_count(1)
    row = other.locator(".news__item")
    expect(row).to_contain_text(f"{seller.name} mentioned you in a note")
    other.goto(conversation.get_absolute_url())
    other.bring_to_front()
    other.wait_for_function(
        "() => !document.querySelector('trato-notes').hasAttribute('data-noticed')"
    )
    other.goto("/notifications/")
    expect(row).to_have_count(1)
    expect(other.locator(".news__item[data-unread]")).to_have_count(0)


@only_whole
def test_without_scripts_the_form_beside_the_conversation_adds_one(
    person: Person, seller: User, conversation: Conversation
) -> None:
    page = person(seller, java_script_enabled=False)
    page.goto(conversation.get_absolute_url())
    expect(page.locator(".composer__modes")).to_be_hidden()
    page.locator(".context").get_by_label("Internal note").fill("By hand")
    page.locator(".context").get_by_role("button", name="Add note").click()
    expect(page.locator(".note__body")).to_have_text("By hand")
    assert page.url.endswith("#note-1")


@only_whole
@languages
def test_a_conversation_with_notes(
    locale: str, inspect: Inspect, seller: User, colleague: User, conversation: Conversation
) -> None:
    for author in (seller, colleague):
        actions.add(author, conversation.pk, uuid.uuid4(), "Check https://example.com/glaze")
    inspector = inspect(seller, locale=locale)
    inspector.tour([conversation.get_absolute_url()])
    page: Any = inspector.page
    expect(page.locator(".composer__modes")).to_be_visible()  # a script shows them
    page.locator("[name=composer-mode][value=note]").check(force=True)
    inspector.look()
    assert inspector.problems == []


def test_keys_lead_into_the_box_for_notes_and_out_of_it(
    person: Person, seller: User, colleague: User, conversation: Conversation
) -> None:
    page = person(seller)
    open_thread(page, conversation)
    keys, title = page.keyboard, page.locator(".thread__title")
    keys.press("Escape")
    expect(title).to_be_focused()
    keys.press("n")
    expect(page.locator("#note-field")).to_be_focused()
    keys.type("Ask @")
    expect(page.locator("#mentions")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("#mentions")).to_be_hidden()
    expect(page.locator("#note-field")).to_be_focused()
    keys.press("Escape")
    expect(title).to_be_focused()
    keys.press("r")
    expect(page.locator("#composer-body")).to_be_focused()
    expect(page.locator("#note-field")).to_be_hidden()
