"""Visibility between two people: read marks, typing, presence, and a reminder."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.models import Conversation, LastActive
from tests.browser.acts import Person, badge, live, open_thread, says, state, write
from tests.said import say
from tests.whole import only_whole


def switch(page: Page, *names: str, on: bool) -> None:
    """Set switches on the account's page."""
    page.goto("/accounts/profile/")
    for name in names:
        page.get_by_label(name).set_checked(on)
    page.locator("#presence button").click()
    expect(page.locator(".notice")).to_contain_text("Saved.")


@only_whole
def test_switches_reach_the_pages_that_are_open(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asking, answering, settings = person(shopper), person(seller, process=0), person(seller)
    for page in (asking, answering):
        open_thread(page, conversation)
    write(asking, "Is it glazed?")
    says(answering, "Is it glazed?")
    state(asking, "Read")
    typing = asking.locator(".thread__typing")
    answering.fill("#composer-body", "Ye")
    expect(typing).to_have_text("Marta Vidal is writing…")
    switches = "Show when I've read messages", "Show when I'm typing"
    switch(settings, *switches, on=False)
    expect(typing).to_be_empty()
    state(asking, "Sent")
    answering.locator("#composer-body").press_sequentially("s")
    write(answering, "Yes, inside too.")
    says(asking, "Yes, inside too.")
    expect(typing).to_be_empty()
    write(asking, "Thanks!")
    says(answering, "Thanks!")
    badge(settings, 0)  # so the mark is stored
    state(asking, "Sent")
    own = answering.locator(".message[data-side=seller] [data-state]")
    expect(own.last).to_have_text("Sent")  # people who hide theirs see none
    asking.reload()
    state(asking, "Sent")
    switch(settings, *switches, on=True)
    state(asking, "Read")
    expect(own.last).to_have_text("Read")


@only_whole
def test_a_shopper_sees_that_the_shop_is_there(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asking = person(shopper)
    open_thread(asking, conversation)
    line = asking.locator(".presence")
    expect(line).to_be_hidden()
    selling = person(seller, process=0)
    selling.goto("/products/")
    expect(line).to_have_text("Active now")
    expect(line).to_be_visible()
    asking.reload()
    live(asking)
    expect(line).to_be_visible()
    expect(selling.locator(".presence")).to_have_count(0)
    open_thread(selling, conversation)
    expect(selling.locator(".presence")).to_have_count(0)
    selling.close()
    LastActive.objects.update(active_at=timezone.now() - timedelta(seconds=61))  # a while later
    expect(line).to_be_hidden()
    assert seller.name not in asking.locator(".thread__head").inner_text()


def test_a_reminder_is_seen_and_answered(
    person: Person, shopper: User, seller: User, colleague: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "Is it glazed?")
    ago = timezone.now() - timedelta(hours=30)
    Conversation.objects.filter(pk=conversation.pk).update(waiting_since=ago)
    asking, answering, elsewhere = person(shopper), person(seller, process=0), person(colleague)
    open_thread(asking, conversation)
    open_thread(answering, conversation)
    elsewhere.goto("/products/")
    live(elsewhere)
    badge(elsewhere, 1)
    asking.get_by_role("button", name="Send a reminder").click()
    line = asking.locator(".nudge__line")
    expect(line).to_contain_text("Reminder sent:")
    expect(asking.get_by_role("button", name="Send a reminder")).to_be_hidden()
    expect(asking.locator("#composer-body")).to_be_focused()
    received = answering.locator(".nudge__line")
    expect(received).to_contain_text("Lucía Romero sent you a reminder:")
    expect(elsewhere.locator(".toast")).to_contain_text("Lucía Romero sent you a reminder")
    badge(elsewhere, 1)  # of messages
    expect(elsewhere.locator("[data-badge=notices]")).to_have_text("1")
    expect(answering.locator("[data-badge=notices]")).to_be_hidden()  # it was seen
    asking.reload()
    expect(line).to_contain_text("Reminder sent:")
    write(answering, "Yes, inside too.")
    expect(received).to_be_empty()
    says(asking, "Yes, inside too.")
    expect(line).to_be_empty()
