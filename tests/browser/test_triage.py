"""What people do with a conversation on its page, without loading it again, and in all tabs."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from catalog.models import Shop
from messaging.models import Conversation, Participant
from messaging.triage import labels
from tests.browser.acts import Person, badge, live, open_thread
from tests.browser.inspector import Inspect, languages
from tests.said import say

UNDO = ".undo__button"
STATE = ".triage__state [data-when=archived]"


@pytest.fixture
def asked(conversation: Conversation, shopper: User) -> Conversation:
    say(shopper, conversation, "Is it glazed?")
    return conversation


def choose(page: Page, name: str) -> None:
    """Choose an act in the menu."""
    page.click(".triage__more")
    page.get_by_role("button", name=name, exact=True).click()


def test_archive_and_undo_by_keyboard_in_all_tabs(
    person: Person, seller: User, asked: Conversation
) -> None:
    page, other = person(seller), person(seller)
    for tab in (page, other):
        open_thread(tab, asked)
    page.locator(".triage__more").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for tab in (page, other):
        expect(tab.locator(STATE)).to_be_visible()
    expect(page.locator(".triage__more")).to_be_focused()
    expect(page.locator(".undo[role=status]")).to_contain_text("Archived")
    page.locator(UNDO).focus()
    page.keyboard.press("Enter")
    for tab in (page, other):
        expect(tab.locator(STATE)).to_be_hidden()
    expect(page.locator(".undo")).to_contain_text("Undone")


def test_a_star_keeps_the_focus_on_its_button(
    person: Person, shopper: User, asked: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, asked)
    page.get_by_role("button", name="Star", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove the star")).to_be_focused()
    assert Participant.objects.filter(user=shopper, starred_at__isnull=False).exists()


def test_the_team_sees_assignee_and_labels_at_once_and_the_shopper_nothing(
    person: Person, seller: User, colleague: User, shopper: User, shop: Shop, asked: Conversation
) -> None:
    labels.create(seller, shop.pk, "Wholesale", "blue")
    page, other, asking = person(seller), person(colleague), person(shopper)
    frames: list[str] = []
    asking.on(
        "websocket", lambda ws: ws.on("framereceived", lambda frame: frames.append(str(frame)))
    )
    for tab in (page, other, asking):
        open_thread(tab, asked)
    aside = page.locator(".triage-context")
    aside.get_by_label("Assign to").select_option(label="Iker Sanz")
    aside.get_by_role("button", name="Assign").click()
    aside.get_by_role("button", name="Add").click()
    seen = other.locator(".triage-context")
    expect(seen.locator("[data-assignee]")).to_have_text("Iker Sanz")
    expect(seen.locator(".label")).to_contain_text("Wholesale")
    expect(page.locator(".undo")).to_contain_text("Label added")  # until then it undoes the other
    page.locator(UNDO).click()
    expect(seen.locator(".label")).to_be_hidden()
    say(seller, asked, "Yes, it is.")
    expect(asking.locator(".message__body").last).to_have_text("Yes, it is.")
    everything = asking.content() + "".join(frames)
    for word in ("Wholesale", "Iker", "team.changed", "data-assignee"):
        assert word not in everything


def test_a_muted_conversation_makes_no_toast(
    person: Person, seller: User, shopper: User, asked: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, asked)
    choose(page, "Mute")
    expect(page.locator(".triage__state [data-when=muted]")).to_be_visible()
    page.goto("/products/")
    live(page)
    with page.expect_response("**/conversations/muted/"):
        say(seller, asked, "Yes, it is.")
    page.goto("/conversations/")
    badge(page, 0)
    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("trato-inbox")).to_contain_text("Yes, it is.")


def test_marking_as_unread_goes_back_to_the_list(
    person: Person, seller: User, asked: Conversation
) -> None:
    page = person(seller)
    open_thread(page, asked)
    badge(page, 0)
    choose(page, "Mark as unread")
    page.wait_for_url("**/conversations/")
    badge(page, 1)
    open_thread(page, asked)
    badge(page, 0)


def test_a_wrong_time_is_explained_beside_the_field(
    person: Person, seller: User, asked: Conversation
) -> None:
    page = person(seller)
    open_thread(page, asked)
    page.click(".triage__more")
    page.fill("[name=until_local]", "2020-01-01T10:00")
    page.get_by_role("button", name="Snooze", exact=True).click()
    expect(page.locator(".triage__snooze [role=alert]")).to_contain_text("this one is past")
    expect(page.locator("[name=until_local]")).to_be_focused()
    expect(page.locator("[name=until_local]")).to_have_value("2020-01-01T10:00")


@languages
def test_head_and_labels_are_accessible(
    locale: str, seller: User, shop: Shop, asked: Conversation, inspect: Inspect
) -> None:
    labels.create(seller, shop.pk, "Wholesale", "blue")
    visit = inspect(seller, locale=locale)
    open_thread(visit.page, asked)
    visit.page.click(".triage__more")
    visit.look()
    visit.page.goto("/conversations/labels/")
    visit.page.locator(".label-row > summary").click()
    visit.look()
    assert not visit.problems
