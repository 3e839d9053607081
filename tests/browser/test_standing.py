"""A person is muted with an open page, reads why, appeals, and can write again."""

import re
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from messaging.appeals.actions import appeal
from messaging.decisions.actions import decide
from messaging.decisions.ruling import Ruling
from messaging.models import Appeal, Conversation, Message
from tests.browser.acts import Person, open_thread, says, write
from tests.browser.inspector import PHONE, Inspect, languages
from tests.whole import only_whole

REASONS: dict[str, Any] = {
    "facts": "You asked three people to pay elsewhere.", "ground": "terms",
    "clause": "Pay on the site", "explanation": "Payments elsewhere are not protected.",
}  # fmt: skip


def mute(moderator: User, person: User) -> int:
    until = timezone.now() + timedelta(days=3)
    return decide(moderator, person.pk, Ruling(measure="mute", ends_at=until, **REASONS)).pk


def test_a_muted_person_appeals_and_can_write_again(
    person: Person, shopper: User, seller: User, moderator: User, lead: User,
    conversation: Conversation,
) -> None:  # fmt: skip
    mine, theirs = person(shopper), person(seller, process=1)
    for page in (mine, theirs):
        open_thread(page, conversation)
    write(mine, "Is it glazed?")
    says(theirs, "Is it glazed?")
    mine.locator("#composer-body").fill("Half a thought")
    mute(moderator, shopper)
    expect(mine.locator(".thread__muted")).to_be_visible()
    expect(mine.locator("#composer-body")).to_be_hidden()
    write(theirs, "Yes, inside")
    says(mine, "Yes, inside")
    also_mine = mine.context.new_page()
    also_mine.goto(conversation.get_absolute_url())
    also_mine.locator(".thread__muted a").click()
    also_mine.get_by_role("link", name="We muted you").click()
    expect(also_mine.locator("main")).to_contain_text(REASONS["facts"])
    also_mine.get_by_label("Why the decision is wrong").fill("It was my sister")
    also_mine.get_by_role("button", name="Send the appeal").click()
    expect(also_mine.locator("main")).to_contain_text("We're looking at your appeal")
    desk = person(lead)
    desk.goto("/admin/messaging/appeal/")
    desk.locator("#result_list").get_by_role("link", name="Mute the person").click()
    desk.get_by_role("link", name="Decide…").click()
    desk.get_by_label("Outcome").select_option("overturned")
    desk.get_by_role("button", name="Confirm").click()
    expect(desk.locator(".messagelist")).to_contain_text("Done")
    expect(mine.locator("#composer-body")).to_have_value("Half a thought")
    mine.locator("#composer-body").fill("")
    write(mine, "Thank you")
    says(theirs, "Thank you")
    also_mine.reload()
    expect(also_mine.locator("main")).to_contain_text("You were right")
    assert Appeal.objects.get().outcome == "overturned"
    assert Message.objects.count() == 3


def test_without_scripts_the_line_replaces_the_form(
    person: Person, shopper: User, moderator: User, conversation: Conversation
) -> None:
    mute(moderator, shopper)
    page = person(shopper, java_script_enabled=False)
    page.goto(conversation.get_absolute_url())
    expect(page.locator(".thread__muted")).to_contain_text(re.compile("muted you until .+2"))
    expect(page.locator("#composer-body")).to_be_hidden()


@only_whole
@languages
def test_the_pages_are_accessible(
    locale: str, inspect: Inspect, shopper: User, moderator: User, conversation: Conversation
) -> None:
    pk = mute(moderator, shopper)
    looked: Any = inspect(shopper, locale=locale)
    addresses = ["/conversations/standing/", f"/conversations/standing/{pk}/"]
    looked.tour([*addresses, conversation.get_absolute_url()])
    assert looked.problems == []


@only_whole
def test_words_without_spaces_do_not_widen_the_pages_of_staff(
    person: Person, shopper: User, moderator: User, lead: User
) -> None:
    ruling = Ruling(measure="warn", **(REASONS | {"clause": "C" * 200}))
    row = appeal(shopper, decide(moderator, shopper.pk, ruling).pk, "W" * 300)
    page = person(lead, viewport=PHONE)
    page.goto(f"/admin/messaging/appeal/{row.pk}/change/")
    expect(page.locator(".field-words")).to_contain_text("WWW")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
