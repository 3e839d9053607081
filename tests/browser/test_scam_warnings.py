"""Two people, one of whom tries a scam; and links that staff have blocked or warn about."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.factories import MessageFactory
from messaging.models import Conversation, DismissedWarning, LinkHost, Report
from tests.browser.acts import Person, choose_in_menu, open_thread, says, write
from tests.browser.inspector import Inspect, languages
from tests.whole import only_whole

CODE = "Tell me the code that you got by SMS"
FEE = "Pay the fee to release your payment"
WARNING = ".thread .message .scam-warning"


@pytest.fixture(autouse=True)
def known_for_long(shopper: User, seller: User) -> None:
    """Make accounts old, because such messages from new accounts would be held."""
    for person in (shopper, seller):
        person.date_joined = timezone.now() - timedelta(days=30)
        person.save(update_fields=["date_joined"])


def test_the_warning_appears_live_for_the_one_who_receives_it(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asking, answering = person(shopper), person(seller, process=1)
    for page in (asking, answering):
        open_thread(page, conversation)
    write(asking, CODE)
    warning = answering.locator(WARNING)
    expect(warning).to_be_visible()
    expect(warning.locator("[data-kind]")).to_have_count(1)
    expect(warning).to_contain_text("Don't give it to anybody")
    says(asking, CODE)
    expect(asking.locator(WARNING)).to_have_count(0)
    edit(asking, CODE, "Is it glazed?")
    says(answering, "Is it glazed?")
    expect(warning).to_have_count(0)
    write(asking, FEE)
    expect(warning).to_be_visible()
    asking.reload()
    says(asking, FEE)
    expect(asking.locator(WARNING)).to_have_count(0)
    answering.reload()
    expect(warning).to_be_visible()


@only_whole
def test_a_dismissed_warning_stays_away(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asking, answering = person(shopper), person(seller)
    for page in (asking, answering):
        open_thread(page, conversation)
    write(asking, CODE)
    answering.get_by_role("button", name="Got it").focus()
    answering.keyboard.press("Enter")
    expect(answering.locator(WARNING)).to_have_count(0)
    expect(answering.locator("#message-1 .message__menu summary")).to_be_focused()
    choose_in_menu(answering, 1, "quote")  # the message is still there, and works
    react(asking, answering)
    expect(answering.locator(WARNING)).to_have_count(0)
    answering.reload()
    says(answering, CODE)
    expect(answering.locator(WARNING)).to_have_count(0)
    assert DismissedWarning.objects.get().user_id == seller.pk
    edit(asking, CODE, FEE)
    expect(answering.locator(WARNING)).to_contain_text("look up in your own bank")


def edit(page: Page, before: str, now: str) -> None:
    expect(page.locator("#message-1")).to_be_visible()  # it is no longer waiting to be sent
    choose_in_menu(page, 1, "edit")
    expect(page.locator("#composer-body")).to_have_value(before)
    page.fill("#composer-body", now)
    page.keyboard.press("Enter")


def react(asking: Page, answering: Page) -> None:
    """Let a script render the message again, and wait until it is done."""
    asking.locator("#message-1 .message__menu summary").focus()
    asking.keyboard.press("Enter")
    asking.locator("#message-1 [data-react='👍']").click()
    expect(answering.locator("#message-1 .message__reaction")).to_be_visible()


def test_one_tap_reports_it(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    message = MessageFactory(conversation=conversation, body=CODE)
    page = person(seller)
    open_thread(page, conversation)
    page.get_by_role("button", name="Report").click()
    expect(page.locator(".undo").filter(has_text="Our staff will review")).to_be_visible()
    expect(page.locator(WARNING)).to_have_count(0)
    report = Report.objects.get()
    assert (report.message_id, report.reporter_id, report.reason) == (message.pk, seller.pk, "scam")


def test_the_buttons_work_without_scripts(
    person: Person, seller: User, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation, body=CODE)
    MessageFactory(conversation=conversation, body=FEE)
    page = person(seller, java_script_enabled=False)
    page.goto(conversation.get_absolute_url())
    page.locator("#message-1").get_by_role("button", name="Got it").click()
    expect(page.locator(WARNING)).to_have_count(1)
    page.locator("#message-2").get_by_role("button", name="Report").click()
    expect(page.locator(WARNING)).to_have_count(0)
    expect(page.locator(".notice")).to_contain_text("Our staff will review this message.")
    assert [report.reason for report in Report.objects.all()] == ["scam"]


@only_whole
def test_a_blocked_hosts_links_dont_open(
    person: Person, shopper: User, seller: User, moderator: User, conversation: Conversation
) -> None:
    asking, answering, staff = person(shopper), person(seller), person(moderator)
    for page in (asking, answering):
        open_thread(page, conversation)
    text = (
        "Look: https://pay.bad-host.example/x and https://correos-pago.top/y or (https://faß.de),"
        " https://аррӏе.com/🏺 https://аррӏе.com/z?a=1&b=2"
    )
    write(asking, text)
    links = answering.locator(".message__body a")
    expect(links).to_have_count(4)
    expect(answering.locator(".message__links")).to_contain_text("looks like correos.es")
    staff.goto("/admin/messaging/linkhost/add/")
    staff.fill("[name=host]", "https://BAD-host.example/")
    staff.select_option("[name=action]", "block")
    staff.click("[name=_save]")
    expect(staff.locator("#result_list")).to_contain_text("bad-host.example")
    answering.reload()
    expect(links).to_have_count(3)
    expect(answering.locator(".message__links li").first).to_contain_text("Our staff have blocked")
    write(asking, text)
    expect(answering.locator("#message-2 .message__links li").first).to_contain_text("have blocked")
    # The first is the server's, the second the script's.
    by_server, by_script = (answering.evaluate(DRAWN, number) for number in (1, 2))
    assert by_server == by_script


DRAWN = """(number) => {
  const item = document.querySelector(`#message-${number}`);
  const lines = [...item.querySelectorAll(".message__links li")];
  const drawn = item.querySelector(".message__body").innerHTML;
  return [drawn.replaceAll(`links-${number}`, "links"), lines.map((one) => one.textContent.trim())];
}"""


@only_whole
@languages
def test_pages_with_warnings_are_accessible(
    locale: str, inspect: Inspect, seller: User, conversation: Conversation
) -> None:
    LinkHost.objects.create(host="odd.example", action="warn")
    odd = "https://odd.example/x https://shop.example@evil.example https://аррӏе.com"
    for text in (CODE, FEE, odd):
        MessageFactory(conversation=conversation, body=text)
    looked: Any = inspect(seller, locale=locale)
    address = conversation.get_absolute_url()
    looked.tour([address, f"{address}messages/1/", f"{address}messages/3/links/0/"])
    assert looked.problems == []
