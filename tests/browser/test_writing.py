"""Writing: drafts, the counter, links, refused messages and waiting ones."""

import datetime

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from catalog.invitations import answer, invite
from catalog.models import Shop, TeamInvitation
from catalog.teams import remove_member
from messaging.models import Conversation, Message
from tests.browser.acts import Person, bodies, live, open_thread, says, waits, write
from tests.whole import only_whole
from trato import rate_limits


def test_a_draft_survives_a_reload(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    page.fill("#composer-body", "Half a sent")
    page.reload()
    expect(page.locator("#composer-body")).to_have_value("Half a sent")
    write(page, "A whole sentence.")
    page.reload()
    expect(page.locator("#composer-body")).to_have_value("")


def test_markup_in_a_message_stays_text(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asking, answering = person(shopper), person(seller)
    for page in (asking, answering):
        open_thread(page, conversation)
    text = "<img src=x onerror=alert(1)> & <b>bold</b>\n\nSecond paragraph"
    asking.fill("#composer-body", text)
    asking.click(".composer__send")
    says(answering, text)
    assert bodies(answering) == [text]  # as rendered: line breaks are kept
    answering.reload()
    assert bodies(answering) == [text]


@only_whole
def test_links_are_drawn_alike_by_the_browser_and_by_the_server(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asking, answering = person(shopper), person(seller)
    for page in (asking, answering):
        open_thread(page, conversation)
    write(
        asking,
        "See https://example.com/bowls?size=2. Not javascript:alert(1), but "
        "http://bücher.example/ and (HTTP://EXAMPLE.org).",
    )
    shown = ["example.com/bowls?size=2", "bücher.example", "example.org"]
    links = answering.locator(".message__body a")
    for _drawn_by in ("browser", "server"):
        expect(links).to_have_text(shown)
        for link in links.all():
            assert link.get_attribute("rel") == "noopener noreferrer nofollow ugc"
            assert link.get_attribute("target") == "_blank"
        assert links.first.get_attribute("href") == "https://example.com/bowls?size=2"
        answering.reload()


@only_whole
def test_the_counter_shows_near_the_end_and_too_much_is_not_sent(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    counter = page.locator(".composer__counter")
    page.fill("#composer-body", "x" * 3599)
    expect(counter).to_be_hidden()
    page.fill("#composer-body", "🏺" * 3990)  # counted in characters, not in UTF-16 units
    expect(counter).to_have_text("10 characters left")
    page.fill("#composer-body", "x" * 4001)
    expect(counter).to_have_text("1 character too many")
    page.press("#composer-body", "Enter")
    waits(page, 0)
    expect(page.locator("#composer-body")).to_have_value("x" * 4001)
    write(page, "x" * 4000)
    expect(counter).to_be_hidden()
    expect(page.locator("[data-state]").last).to_have_text("Sent")
    assert Message.objects.get().body == "x" * 4000


def test_what_is_refused_says_why_and_is_sent_once_when_tried_again(
    person: Person, shopper: User, seller: User, colleague: User, shop: Shop,
    conversation: Conversation,
) -> None:  # fmt: skip
    page = person(colleague)
    open_thread(page, conversation)
    page.route(f"**{conversation.get_absolute_url()}", lambda route: route.abort())
    remove_member(seller, shop.pk, colleague.pk)  # the page is not told
    write(page, "I can help you.")
    failed = page.locator(".message__failed")
    expect(failed).to_be_visible()
    expect(failed.locator("[data-why]")).not_to_be_empty()
    expect(page.locator("[data-state]").last).to_have_text("Not sent")
    assert not Message.objects.exists()
    EmailAddress.objects.create(user=colleague, email=colleague.email, verified=True, primary=True)
    invite(seller, shop.pk, colleague.email)
    answer(colleague, TeamInvitation.objects.get().pk, accept=True)
    failed.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-state]").last).to_have_text("Sent")
    expect(failed).to_be_hidden()
    page.unroute_all()
    page.reload()
    assert bodies(page) == ["I can help you."]
    assert Message.objects.count() == 1


@only_whole
def test_what_is_refused_can_be_thrown_away(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    write(page, "A bell: \a")
    page.get_by_role("button", name="Discard").click()
    expect(page.locator(".message")).to_have_count(0)
    page.reload()
    expect(page.locator(".message")).to_have_count(0)
    write(page, "No bell.")
    expect(page.locator("[data-state]").last).to_have_text("Sent")


@only_whole
def test_too_fast_is_told_with_the_time_to_wait_and_then_sent_by_itself(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    if not settings.REDIS_URL:
        pytest.skip("needs Redis: the allowance is spent from here")
    page = person(shopper)
    open_thread(page, conversation)
    almost_a_minute_ago = timezone.now() - datetime.timedelta(seconds=56)
    with time_machine.travel(almost_a_minute_ago, tick=False):
        for _ in range(settings.MESSAGES_PER_MINUTE):
            rate_limits.hit("MESSAGES_PER_MINUTE", shopper.pk)
    write(page, "One too many")
    write(page, "And another")
    told = page.locator("#connection")
    expect(told).to_contain_text("Too fast. Try again in")
    waits(page, 2)
    expect(page.locator("[data-state]").last).to_have_text("Sending…")
    assert not Message.objects.exists()
    expect(page.locator("[data-state]").last).to_have_text("Sent")
    expect(told).to_be_hidden()
    assert bodies(page) == ["One too many", "And another"]


def test_somebody_who_writes_is_seen_to_write_until_the_message_is_there(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asking, answering = person(shopper), person(seller)
    for page in (asking, answering):
        open_thread(page, conversation)
    answering.locator("#composer-body").press_sequentially("Hm")
    line = asking.locator(".thread__typing")
    expect(line).to_have_text("Marta Vidal is writing…")
    expect(answering.locator(".thread__typing")).to_be_empty()
    answering.press("#composer-body", "Enter")
    says(asking, "Hm")
    expect(line).to_be_empty()
    answering.locator("#composer-body").press_sequentially("Well")
    expect(line).to_have_text("Marta Vidal is writing…")
    expect(line).to_be_empty()


@only_whole
def test_two_tabs_of_one_person_send_one_queue_in_order(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    one = person(shopper)
    two: Page = one.context.new_page()
    for page in (one, two):
        open_thread(page, conversation)
        live(page)
    for number in range(6):
        write((one, two)[number % 2], f"Line {number}")
    for page in (one, two):
        expect(page.locator(".message:not([data-pending])")).to_have_count(6)
        waits(page, 0)
        assert bodies(page) == [f"Line {number}" for number in range(6)]
