"""A shop's figures in an open page: names go when accounts are deleted, the figures stay."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.deletion import delete_account
from accounts.models import User
from messaging.factories import MessageFactory
from messaging.figures import actions
from messaging.models import Conversation
from tests.browser.acts import Person, live
from tests.browser.inspector import PHONE, Inspect, languages
from tests.whole import only_whole

FIGURES = "/conversations/figures/?days=7"
DELETED = "Deleted account"


@pytest.fixture
def late(conversation: Conversation, shopper: User, colleague: User) -> Conversation:
    """A question that a colleague answered after two days."""
    for person, hours in ((shopper, 60), (colleague, 10)):
        conversation.refresh_from_db()
        at = timezone.now() - timedelta(hours=hours)
        MessageFactory(conversation=conversation, sender=person, created_at=at)
    actions.catch_up(conversation.shop_id)
    return conversation


@pytest.fixture
def page(late: Conversation, seller: User, person: Person) -> Page:
    page = person(seller)
    page.goto(FIGURES)
    live(page)
    return page


def test_a_deleted_shopper_is_no_longer_named(page: Page, shopper: User) -> None:
    who = page.locator(".figures__who > a")
    expect(who).to_have_text("Lucía Romero")
    delete_account(shopper.pk)
    expect(page.get_by_text("Lucía Romero")).to_have_count(0)


def test_a_deleted_colleague_is_no_longer_named(page: Page, colleague: User) -> None:
    facts = page.locator(".figures__case")
    expect(facts).to_contain_text(f"({colleague.name})")
    page.locator(".figures__form > summary").click()
    page.locator("textarea").fill("We had a fair")
    number = page.locator(".figures__number").first.inner_text()
    delete_account(colleague.pk)
    expect(facts).to_contain_text(f"({DELETED})")
    expect(page.get_by_text(colleague.name)).to_have_count(0)
    expect(page.locator("textarea")).to_have_value("We had a fair")
    expect(page.locator(".figures__number").first).to_have_text(number)


def test_a_refused_reason_is_in_view(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.locator(".figures__form > summary").click()
    page.locator("textarea").fill(" ")
    page.locator(".figures__form button").click()
    expect(page.locator(".field__error")).to_be_in_viewport()
    page.locator("textarea").fill("We had a fair")
    page.locator(".figures__form button").click()
    expect(page.get_by_text("We had a fair")).to_be_in_viewport()


@only_whole
@languages
def test_the_figures_of_a_late_answer_are_accessible(
    locale: str, inspect: Inspect, seller: User, late: Conversation
) -> None:
    inspector = inspect(seller, locale=locale)
    inspector.tour([FIGURES.partition("?")[0]])
    assert inspector.problems == []
