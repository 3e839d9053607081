"""Open pages show immediately what staff do, and others show it when people are back."""

from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.factories import MessageFactory
from messaging.models import Conversation, Message
from tests.browser.acts import Person, live, open_thread, shows, write
from tests.browser.lines import Line
from tests.whole import only_whole

REMOVED = "This message was removed by our staff."


def remove(admin: Page, message: Message) -> None:
    decide = f"{reverse('admin:decide')}?message={message.pk}"
    admin.goto(decide)  # leads to the thread, after a recorded look
    admin.fill("[name=reason]", "Odd")
    admin.click(".staff-look input[type=submit], .staff-look button")
    expect(admin.get_by_text("This view has been logged.")).to_be_visible()
    admin.goto(decide)
    fill_in(admin, "remove")


def fill_in(admin: Page, measure: str) -> None:
    """Fill in the form with which staff decide, and send it."""
    admin.select_option("[name=measure]", measure)
    admin.fill("[name=clause]", "No phone numbers")
    admin.fill("[name=explanation]", "It is one.")
    admin.fill("[name=reason]", "Asks for a phone number")
    admin.click("input[type=submit]")


def gone(page: Page) -> None:
    shows(page, ".message__removed", REMOVED)
    expect(page.locator(".message__body:visible")).to_have_count(0)
    expect(page.locator(".message__menu")).to_have_count(0)


@only_whole
def test_a_removal_is_seen_on_both_sides_live_and_after_a_resume(
    person: Person, shopper: User, seller: User, colleague: User, moderator: User,
    conversation: Conversation,
) -> None:  # fmt: skip
    asking, answering, away = person(shopper), person(seller), person(colleague)
    line = Line(away)
    for page in (asking, answering, away):
        open_thread(page, conversation)
    write(asking, "Call me at 555 123")
    for page in (answering, away):
        expect(page.locator(".message__menu")).to_be_visible()
    line.cut()
    remove(person(moderator), Message.objects.get())
    for page in (asking, answering):
        gone(page)
    expect(away.locator(".message__body")).to_be_visible()
    line.mend()
    gone(away)
    for page in (asking, answering):
        page.reload()
        gone(page)


@only_whole
def test_a_removal_is_seen_in_the_list_of_conversations(
    person: Person, seller: User, moderator: User, conversation: Conversation
) -> None:
    message = MessageFactory(conversation=conversation, body="Call me at 555 123")
    inbox = person(seller)
    inbox.goto("/conversations/")
    live(inbox)
    preview = inbox.locator(".inbox__preview")
    expect(preview).to_have_text("Call me at 555 123")
    remove(person(moderator), message)
    shows(inbox, ".inbox__preview", REMOVED)


@only_whole
def test_the_badge_is_live_in_the_admin_too(
    person: Person, shopper: User, moderator: User, seller: User, conversation: Conversation
) -> None:
    """Staff who also sell see their shoppers' messages while they work in the admin."""
    seller.is_staff = True
    seller.is_superuser = True
    seller.save()
    asking, admin = person(shopper), person(seller)
    open_thread(asking, conversation)
    admin.goto("/admin/messaging/report/")
    live(admin)
    shown = admin.locator("[data-badge]")
    expect(shown).to_be_hidden()
    title = admin.title()
    write(asking, "Is it still there?")
    shows(admin, "[data-badge]", "1")
    expect(shown).to_be_visible()
    assert admin.title() == f"(1) {title}"
    reading = admin.context.new_page()
    reading.goto(conversation.get_absolute_url())
    expect(shown).to_be_hidden()
    assert admin.title() == title


def test_a_suspended_person_is_told_in_words_and_sends_nothing_more(
    person: Person, shopper: User, seller: User, moderator: User, conversation: Conversation
) -> None:
    page, admin = person(shopper), person(moderator)
    open_thread(page, conversation)
    admin.goto(f"{reverse('admin:decide')}?person={shopper.pk}")
    fill_in(admin, "suspend")
    expect(page.locator("#connection")).to_have_text("Your account is suspended.")
    expect(page.locator("#composer-body")).to_be_hidden()
    expect(page.locator(".composer__suspended")).to_contain_text("contact support")
    assert not Message.objects.exists()


def test_logging_out_in_one_tab_ends_the_others(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    leaving = page.context.new_page()
    open_thread(page, conversation)
    leaving.goto("/accounts/logout/")
    leaving.click("main form button")
    told = page.locator("#connection")
    expect(told).to_contain_text("You've been logged out.")
    expect(told.get_by_role("link")).to_have_attribute(
        "href", f"/accounts/login/?next=%2Fconversation%2F{conversation.pk}%2F"
    )
