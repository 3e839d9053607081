"""Reporting things where people see them, with and without an account, and staff's queue."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.factories import UserFactory
from accounts.models import User
from catalog.models import Product
from messaging.factories import ReportFactory
from messaging.models import Conversation, Report
from messaging.moderation import actions as moderation
from messaging.reports import visitor_links
from messaging.reports.actions import report_product, report_shop
from tests.browser.acts import Person, open_thread
from tests.browser.inspector import Inspect, languages
from tests.rulings import rule
from tests.said import say
from tests.whole import only_whole, some_of

SCRIPT = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"
MENU = "summary[aria-label='More for this conversation']"


def test_a_shopper_reports_from_the_menu_and_reads_what_became_of_it(
    person: Person, shopper: User, seller: User, moderator: User, conversation: Conversation
) -> None:
    say(seller, conversation, "Pay me directly")
    page = person(shopper)
    open_thread(page, conversation)
    page.click(MENU)
    page.get_by_role("link", name="Report…").click()
    page.get_by_label("Wants to pay or talk elsewhere").check()
    page.get_by_label("What happened?").fill("Twice")
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator("h1")).to_have_text("We've received your report")
    report = Report.objects.get()
    rule(moderator, seller.pk, "suspend", "Clear", report_id=report.pk)
    page.goto("/conversations/reports/")
    expect(page.locator(".rows")).to_contain_text("Action taken")
    page.locator(".rows a").click()
    expect(page.locator("main")).to_contain_text("It can no longer be used")


def test_a_visitor_reports_a_product_without_scripts(person: Person, product: Product) -> None:
    page = person(None, java_script_enabled=False)
    page.goto(product.get_absolute_url())
    page.get_by_role("link", name="Report this product").click()
    page.get_by_label("Counterfeit").check()
    page.get_by_label("What is wrong").fill("I drew this.")
    page.get_by_label("Your name").fill("Vera Luz")
    page.get_by_label("Email").fill("vera@example.com")
    page.get_by_label("good faith").check()
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator("h1")).to_have_text("We've received your report")
    page.goto(visitor_links.path_of(Report.objects.get()))
    expect(page.locator("main")).to_contain_text("I drew this.")


@only_whole
@languages
def test_the_pages_are_accessible(
    locale: str,
    inspect: Inspect,
    shopper: User,
    seller: User,
    moderator: User,
    product: Product,
    conversation: Conversation,
) -> None:
    say(seller, conversation, "Pay me directly")
    at, shop = conversation.get_absolute_url(), product.shop
    reports = [
        report_product(shopper, product, "counterfeit", "It is mine.\nI drew it."),
        report_shop(shopper, shop, "scam", ""),
    ]
    moderation.resolve_report(moderator, reports[1].pk, "dismissed", "Fine")
    visit = inspect(shopper, locale=locale)
    visit.tour(
        [
            f"{at}report/", f"{at}people/{seller.pk}/report/", f"{at}messages/1/report/",
            f"{product.get_absolute_url()}report/", f"{shop.get_absolute_url()}report/",
            "/conversations/reports/", *(row.get_absolute_url() for row in reports),
        ]
    )  # fmt: skip
    visitors: Report = ReportFactory(shop=shop, visitor_email="vera@example.com", words="Mine")
    visitor = inspect(None, locale=locale)
    visitor.tour(
        [
            f"{product.get_absolute_url()}report/", "/reports/sent/",
            visitor_links.path_of(visitors), product.get_absolute_url(), shop.get_absolute_url(),
        ]
    )  # fmt: skip
    staff = inspect(moderator, locale=locale)
    staff.tour(
        [
            reverse("admin:messaging_report_changelist"),
            reverse("admin:messaging_mutedreporter_changelist"),
            *(
                reverse("admin:messaging_report_change", args=[row.pk])
                for row in [*reports, visitors]
            ),
            f"{reverse('admin:decide')}?report={reports[0].pk}&measure=hide",
            reverse("admin:report_mute", args=[reports[0].pk]),
            reverse("admin:report_resolve", args=[reports[0].pk, "upheld"]),
        ]
    )  # fmt: skip
    assert visit.problems + visitor.problems + staff.problems == []


@only_whole
@pytest.mark.parametrize("kind", some_of(["conversation", "product", "shop", "person"], 1))
def test_no_words_are_run_anywhere(
    kind: str,
    person: Person,
    complaints: list[str],
    shopper: User,
    moderator: User,
    conversation: Conversation,
) -> None:
    product: Any = conversation.product
    hostile = UserFactory(name=SCRIPT[:60])
    shop = product.shop
    type(product).objects.filter(pk=product.pk).update(title=SCRIPT)
    type(shop).objects.filter(pk=shop.pk).update(name=SCRIPT[:60])
    things: Any = {
        "conversation": conversation, "product": product, "shop": shop, "person": hostile,
    }  # fmt: skip
    row = ReportFactory(reporter=shopper, words=SCRIPT, **{kind: things[kind]})
    visitors = ReportFactory(
        words=SCRIPT, visitor_name=SCRIPT[:60], visitor_email="v@example.com", shop=shop
    )
    staff, theirs = person(moderator), person(shopper)
    for one in (row, visitors):
        staff.goto(reverse("admin:messaging_report_change", args=[one.pk]))
        expect(staff.locator("#content")).to_contain_text("<script>")
        assert staff.title() != "run"
    for address in (
        reverse("admin:messaging_report_changelist"),
        reverse("admin:report_resolve", args=[row.pk, "upheld"]),
    ):
        staff.goto(address)
        assert staff.title() != "run", address
    moderation.resolve_report(moderator, row.pk, "upheld", SCRIPT)
    for address in (row.get_absolute_url(), visitor_links.path_of(visitors)):
        theirs.goto(address)
        expect(theirs.locator("main")).to_contain_text("<script>")
        assert theirs.title() != "run"
    for address in ("/conversations/reports/", "/notifications/"):
        theirs.goto(address)
        assert theirs.title() != "run", address
    assert complaints == []
