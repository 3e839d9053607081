"""A shop sets its hours; people who write outside of them get an automatic reply."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from catalog.models import Shop
from messaging.models import Conversation
from tests.browser.acts import Person, open_thread, write
from tests.browser.inspector import Inspect, languages
from tests.whole import only_whole

HOURS, AWAY = "/conversations/hours/", "/conversations/away/"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@only_whole
def test_a_closed_shop_answers_by_itself_and_both_sides_see_it(
    person: Person, seller: User, shopper: User, shop: Shop, conversation: Conversation
) -> None:
    owner = person(seller, java_script_enabled=False)
    owner.goto(f"/my/shop/{shop.pk}/")
    owner.get_by_role("link", name="Opening hours").click()
    opens = DAYS[(timezone.now() + timedelta(days=3)).weekday()].title()
    owner.get_by_label(opens, exact=True).fill("9 to 25")
    owner.get_by_role("button", name="Save").click()
    expect(owner.locator(".field__error")).to_have_text("There is no time 25.")
    expect(owner.get_by_label(opens, exact=True)).to_have_value("9 to 25")
    owner.get_by_label(opens, exact=True).fill("9 to 17")
    owner.get_by_role("button", name="Save").click()
    expect(owner.get_by_label(opens, exact=True)).to_have_value("9:00–17:00")
    owner.get_by_role("link", name="Automatic replies").click()
    owner.get_by_label("Answer automatically outside opening hours").check()
    owner.get_by_role("button", name="Save").click()
    expect(owner.get_by_label("Answer automatically outside opening hours")).to_be_checked()

    page, answers = person(shopper), person(seller)
    open_thread(page, conversation)
    open_thread(answers, conversation)
    expect(page.locator(".closed")).to_contain_text(f"The shop is closed until {opens}")
    write(page, "Is it glazed?")
    for reader in (page, answers):
        reply = reader.locator(".message").filter(has_text="We're closed at the moment")
        expect(reply.locator(".message__automatic")).to_have_text("Automatic reply")
        expect(reply.locator(".message__sender")).to_have_text("Barro y Sal")
    answers.reload()
    expect(answers.locator(".message__automatic:visible")).to_have_count(1)


@only_whole
@languages
def test_the_pages_are_accessible(
    locale: str, inspect: Inspect, seller: User, colleague: User, shop: Shop
) -> None:
    visit = inspect(seller, locale=locale)
    visit.tour([HOURS, AWAY])
    visit.page.goto(HOURS)
    visit.page.click("button[value=holidays]")
    visit.look()
    visit.page.fill("[name=day0]", "25:00-26:00")
    visit.page.click("button[value=week]")
    visit.look()
    visit.page.goto(AWAY)
    visit.page.fill("[name=words]", "")
    visit.page.click("button[value=words]")
    visit.look()
    assert visit.problems == []
    agent = inspect(colleague, locale=locale)
    agent.tour([HOURS, AWAY])
    assert agent.problems == []
