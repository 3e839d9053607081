"""A moderator works through the desk with only a keyboard; another one sees what is taken."""

import time
import uuid

from django.contrib.auth.models import Group
from playwright.sync_api import Page, Route, expect

from accounts.deletion import delete_account
from accounts.factories import UserFactory
from accounts.models import User
from messaging.desk.actions import take
from messaging.held.holding import hold
from messaging.models import Case, Conversation, HeldMessage
from messaging.moderation import permissions
from messaging.records import Attempt
from messaging.reports.actions import report_message
from tests.browser.acts import Person, live, open_thread, says
from tests.browser.inspector import Inspector
from tests.patience import PATIENCE
from tests.said import say

QUEUE = "/admin/messaging/case/"


def held(person: User, talk: Conversation, body: str) -> HeldMessage:
    attempt = Attempt(
        sender=person,
        conversation_id=talk.pk,
        client_id=uuid.uuid4(),
        body=body,
        held_for="payment",
    )
    talk.refresh_from_db()
    hold(talk, attempt)
    return HeldMessage.objects.latest("pk")


def count(page: Page, name: str, number: int) -> None:
    expect(page.locator(f"[data-count={name}]")).to_have_text(str(number))


def decide(page: Page, key: str, reason: str, **more: str) -> None:
    """Choose an action by its key, give its reasons, and confirm, without touching the mouse."""
    page.wait_for_load_state()  # only then does it handle its keys
    page.keyboard.press(key)
    for name, words in more.items():
        page.locator(f"#id_{name}").focus()
        page.keyboard.type(words)
    page.locator("#id_reason").focus()
    page.keyboard.type(reason)
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.type") != "submit":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{QUEUE}")


def test_cases_are_decided_by_keyboard_and_claims_are_seen(
    person: Person, shopper: User, seller: User, moderator: User, conversation: Conversation
) -> None:
    held(shopper, conversation, "Pay me on the other app, it is cheaper")
    held(shopper, conversation, "I promise it is safe")
    second = UserFactory(staff=True, name="Olu Ade")
    second.groups.add(Group.objects.get(name=permissions.NAME))
    desk, beside = person(moderator, reduced_motion="reduce"), person(second)
    answering = person(seller)
    open_thread(answering, conversation)
    for page in (desk, beside):
        page.goto(QUEUE)
        count(page, "free", 2)
    inspector = Inspector(desk)
    inspector.look()
    desk.keyboard.press("n")
    expect(desk.get_by_text("Pay me on the other app, it is cheaper")).to_be_visible()
    expect(desk.get_by_text("You're working on this case.")).to_be_visible()
    inspector.look()
    assert inspector.problems == []
    count(beside, "free", 1)  # without a reload
    who = beside.locator("#result_list .field-who")
    assert sorted(who.all_inner_texts()) == ["-", "Sam Okoro"]
    first = Case.objects.order_by("pk")[0]
    beside.goto(f"{QUEUE}{first.pk}/change/")
    expect(beside.get_by_text("Sam Okoro is working on this case.")).to_be_visible()
    expect(beside.get_by_text("Pay me on the other app")).to_have_count(0)
    reasons = {"clause": "Payments are made here", "explanation": "It asks for another way"}
    decide(desk, "r", "Asks to pay elsewhere", **reasons)
    count(desk, "open", 1)
    desk.keyboard.press("n")
    expect(desk.get_by_text("I promise it is safe")).to_be_visible()
    decide(desk, "d", "Harmless alone")
    count(desk, "open", 0)
    says(answering, "I promise it is safe")
    expect(answering.locator(".message")).to_have_count(1)
    held(shopper, conversation, "Pay me on the other app")
    count(desk, "open", 1)  # without a reload


def test_no_open_page_of_the_desk_names_a_person_who_has_left_for_good(
    person: Person, shopper: User, seller: User, moderator: User, conversation: Conversation
) -> None:
    report_message(seller, conversation.pk, say(shopper, conversation).sequence, "spam", "")
    case = take(moderator, Case.objects.get().pk)
    desk, beside = person(moderator), person(moderator)
    desk.goto(QUEUE)
    beside.goto(f"{QUEUE}{case.pk}/change/")
    for page in (desk, beside):
        live(page)
        expect(page.locator("#content")).to_contain_text(shopper.name)
    name = shopper.name
    delete_account(shopper.pk)
    for page in (desk, beside):
        expect(page.locator("#content")).not_to_contain_text(name)
        expect(page.locator("#content")).to_contain_text("Deleted account")


def test_a_case_that_came_up_while_the_page_was_loading_is_counted(
    person: Person, shopper: User, moderator: User, conversation: Conversation
) -> None:
    desk = person(moderator)
    waiting: list[Route] = []
    desk.route("**/js/staff*.js", lambda route: waiting.append(route))  # which opens the socket
    desk.goto(QUEUE, wait_until="commit")
    count(desk, "open", 0)
    held(shopper, conversation, "Pay me on the other app")
    waiting[0].continue_()
    count(desk, "open", 1)
    expect(desk.locator(".desk-news")).to_be_visible()
    desk.unroute_all()
    with desk.expect_response("**/case/state/"):
        desk.goto(QUEUE)
    expect(desk.locator(".desk-news")).to_be_hidden()


def test_counts_are_asked_for_one_at_a_time_however_slow_the_answer(
    person: Person, shopper: User, moderator: User, conversation: Conversation
) -> None:
    desk = person(moderator)
    desk.clock.install()
    with desk.expect_websocket() as opened, desk.expect_response("**/case/state/"):
        desk.goto(QUEUE)  # once the socket is live, it asks for the first time
    waiting: list[Route] = []
    desk.route("**/case/state/", lambda route: waiting.append(route))

    def one_more() -> None:
        """Let a case come up, and let all the time pass during which the page collects events."""
        with opened.value.expect_event("framereceived", lambda text: "desk.changed" in text):
            held(shopper, conversation, "Pay me on the other app")
        desk.clock.run_for(10_000)

    def asked(number: int) -> Route:
        """Wait until the page has made this many requests; return the last one."""
        end = time.monotonic() + PATIENCE
        while len(waiting) < number:
            assert time.monotonic() < end
            desk.wait_for_timeout(20)  # lets the request arrive here
        return waiting[number - 1]

    one_more()
    one_more()
    asked(1).fulfill(json={"open": 1, "severe": 0, "free": 1})
    count(desk, "open", 1)
    with desk.expect_request("**/case/state/"):  # not before
        desk.clock.run_for(10_000)
    asked(2).continue_()
    count(desk, "open", 2)
    assert len(waiting) == 2
