"""Staff give a reason to look; later, both sides see that they looked."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from messaging.models import Conversation, Look
from tests.browser.acts import Person
from tests.browser.inspector import Inspect, languages
from tests.said import say
from tests.whole import only_whole

MENU = "summary[aria-label='More for this conversation']"


def test_a_look_needs_a_reason_and_is_seen_by_both_sides_later(
    person: Person, shopper: User, seller: User, moderator: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "Is it glazed?")
    staff = person(moderator)
    staff.goto(f"/admin/messaging/conversation/{conversation.pk}/thread/")
    staff.get_by_role("button", name="View the conversation").click()
    expect(staff.get_by_text("Is it glazed?")).to_be_hidden()  # the reason is missing
    staff.get_by_label("Reason").fill("Asked by the police")
    staff.get_by_role("button", name="View the conversation").click()
    expect(staff.get_by_text("Is it glazed?")).to_be_visible()
    Look.objects.update(created_at=timezone.now() - timedelta(days=2))
    for side in (shopper, seller):
        page = person(side, java_script_enabled=False)
        page.goto(conversation.get_absolute_url())
        page.locator(MENU).click()
        page.get_by_role("link", name="When staff looked").click()
        expect(page.get_by_text("To check whether our rules are kept")).to_be_visible()
        expect(page.get_by_text("police")).to_have_count(0)


@only_whole
@languages
def test_the_pages_about_looks_are_accessible(
    locale: str, inspect: Inspect, shopper: User, moderator: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "Is it glazed?")
    address = f"{conversation.get_absolute_url()}looks/"
    inspector = inspect(shopper, locale=locale)
    inspector.tour([address])
    for days, why in enumerate(Look.Why.values, start=2):
        at = timezone.now() - timedelta(days=days)
        Look.objects.create(conversation=conversation, why=why, created_at=at)
    inspector.tour([address])
    assert inspector.problems == []
    staff = inspect(moderator, locale=locale)
    staff.tour([f"/admin/messaging/conversation/{conversation.pk}/thread/"])
    assert staff.problems == []
