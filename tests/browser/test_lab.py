"""A lead tries a rule that isn't saved yet, and reads what it would have stopped."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from accounts.factories import UserFactory
from accounts.models import User
from catalog.models import Product
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import DryRun, ShieldRule
from tests.browser.acts import Person
from tests.browser.inspector import Inspector


def test_a_rule_is_tried_before_it_is_saved(person: Person, lead: User, product: Product) -> None:
    for age in (1, 40):
        joined = timezone.now() - timedelta(days=age)
        talk = ConversationFactory(consumer=UserFactory(date_joined=joined), product=product)
        MessageFactory(conversation=talk, body="Call me at 612 345 678")
    rule = ShieldRule.objects.get(name="phone")
    page = person(lead, reduced_motion="reduce")
    page.goto(f"/admin/messaging/shieldrule/{rule.pk}/change/")
    inspector = Inspector(page)
    inspector.look()
    page.get_by_label("Relationship").select_option("new_account")
    page.get_by_label("New: younger than (days)").fill("7")
    page.get_by_role("button", name="Try it without saving").press("Enter")
    expect(page.get_by_role("heading", name="Who would have been stopped")).to_be_visible()
    expect(page.get_by_role("row", name="30 to 90 days 1 (let through)")).to_be_visible()
    inspector.look()
    page.get_by_role("link", name="Read 1 message").press("Enter")
    page.get_by_label("Reason").fill("Is it right?")
    page.get_by_role("button", name="Confirm").press("Enter")
    expect(page.locator(".staff-body")).to_have_text("Call me at 612 345 678")
    inspector.look()
    assert inspector.problems == []
    assert DryRun.objects.get().tried.account_days == 7
    rule.refresh_from_db()
    assert rule.account_days is None
