"""Actions on a conversation on its page, without reloading it, and in all tabs."""

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from accounts.models import User
from catalog.models import Shop
from messaging.models import Conversation, Participant
from messaging.triage import actions, labels
from tests.browser.acts import Person, badge, live, open_thread, returned, until_held
from tests.browser.inspector import Inspect, languages
from tests.said import say
from tests.site import Site
from tests.whole import only_whole

UNDO = ".undo__button"
STATES = ".triage__state:visible"  # in the head, or in the pane where there is room for it
STATE = f"{STATES} [data-when=archived]"


@pytest.fixture
def asked(conversation: Conversation, shopper: User) -> Conversation:
    say(shopper, conversation, "Is it glazed?")
    return conversation


def choose(page: Page, name: str) -> None:
    """Choose an action in the menu."""
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


@only_whole
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
    label = labels.create(seller, shop.pk, "Wholesale", "blue")
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
    expect(page.locator(".undo")).to_contain_text("Assigned")
    aside.get_by_role("button", name="Add").click()
    seen = other.locator(".triage-context")
    expect(seen.locator("[data-assignee]")).to_have_text("Iker Sanz")
    expect(seen.locator(".label")).to_contain_text("Wholesale")
    expect(other.locator(".inbox__marks .label")).to_have_text("Wholesale")
    labels.change(colleague, label.pk, "Wholesale trade", "red")
    labels.create(seller, shop.pk, "Wholesale gift", "green")
    for tab in (page, other):
        option = tab.locator(".triage-context [name=label] option:not([hidden])")
        expect(option).to_have_text("Wholesale gift")
        expect(tab.locator(".triage-context .label:visible")).to_contain_text("Wholesale trade")
        expect(tab.locator(".inbox__marks .label")).to_have_text("Wholesale trade")
        expect(tab.locator(".inbox__marks .label")).to_have_attribute("data-colour", "red")
    expect(page.locator(".undo")).to_contain_text("Label added")  # until then it undoes the other
    page.locator(UNDO).click()
    expect(seen.locator(".label:visible")).to_have_count(0)
    say(seller, asked, "Yes, it is.")
    expect(asking.locator(".message__body").last).to_have_text("Yes, it is.")
    everything = asking.content() + "".join(frames)
    for word in ("Wholesale", "Iker", "team.changed", "data-assignee"):
        assert word not in everything


@only_whole
def test_no_label_is_offered_once_the_conversation_has_them_all(
    person: Person, seller: User, shop: Shop, asked: Conversation
) -> None:
    labels.create(seller, shop.pk, "Wholesale", "blue")
    page = person(seller)
    open_thread(page, asked)
    aside = page.locator(".triage-context")
    add = aside.get_by_role("button", name="Add")
    add.click()
    remove = aside.get_by_role("button", name="Remove the label Wholesale")
    expect(remove).to_be_focused()
    expect(add).to_be_hidden()
    page.reload()
    expect(remove).to_be_visible()
    expect(add).to_be_hidden()
    remove.click()
    expect(add).to_be_visible()
    labels.create(seller, shop.pk, "Gift", "red")
    expect(aside.locator("[name=label] option:not([hidden])")).to_have_count(2)


@only_whole
def test_rows_that_were_asked_for_before_a_label_was_renamed_have_its_new_name(
    person: Person, seller: User, colleague: User, shop: Shop, asked: Conversation
) -> None:
    label = labels.create(seller, shop.pk, "Wholesale", "blue")
    page = person(seller)
    open_thread(page, asked)
    late: list[tuple[Route, APIResponse]] = []

    def hold_the_first(route: Route) -> None:
        if late:
            route.continue_()
        else:
            late.append((route, route.fetch()))

    page.route("**/conversations/rows/*", hold_the_first)
    actions.label(colleague, [asked.pk], label.pk)
    expect(page.locator(".triage-context .label:visible")).to_contain_text("Wholesale")
    until_held(page, late)
    labels.change(colleague, label.pk, "Wholesale trade", "red")
    expect(page.locator(".triage-context .label:visible")).to_contain_text("Wholesale trade")
    route, before = late[0]
    route.fulfill(response=before)
    expect(page.locator(".inbox__marks .label")).to_have_text("Wholesale trade")


@only_whole
def test_what_the_team_did_without_a_connection_is_shown_after_it(
    site: Site, person: Person, seller: User, colleague: User, shop: Shop, asked: Conversation
) -> None:
    old = labels.create(seller, shop.pk, "Old", "red")
    actions.label(seller, [asked.pk], old.pk)
    page = person(seller)
    open_thread(page, asked)
    site.kill(0)
    labels.delete(colleague, old.pk)
    new = labels.create(colleague, shop.pk, "Wholesale", "blue")
    actions.label(colleague, [asked.pk], new.pk)
    actions.assign(colleague, [asked.pk], colleague.pk)
    site.start(0)
    returned(page)
    seen = page.locator(".triage-context")
    expect(seen.locator("[data-assignee]")).to_have_text("Iker Sanz")
    expect(seen.locator(".label:visible")).to_contain_text("Wholesale")


@only_whole
def test_a_muted_conversation_makes_no_toast(
    person: Person, seller: User, shopper: User, asked: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, asked)
    choose(page, "Mute")
    expect(page.locator(f"{STATES} [data-when=muted]")).to_be_visible()
    page.goto("/products/")
    live(page)
    with page.expect_response("**/conversations/muted/"):
        say(seller, asked, "Yes, it is.")
    page.goto("/conversations/")
    badge(page, 0)
    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("trato-inbox")).to_contain_text("Yes, it is.")


@only_whole
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


@only_whole
def test_unread_from_a_message_on_is_a_form_too(
    person: Person, shopper: User, seller: User, asked: Conversation
) -> None:
    say(shopper, asked, "Hello?")
    here = "Mark as unread from here"
    page = person(seller)
    open_thread(page, asked)
    badge(page, 0)
    page.evaluate("window.isSame = true")
    page.locator(".message__menu summary").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name=here).click()
    page.wait_for_url("**/conversations/")
    badge(page, 1)
    assert page.evaluate("window.isSame")
    assert Participant.objects.get(user=seller).unread_from == 1
    plain = person(seller, java_script_enabled=False)
    plain.goto(asked.get_absolute_url())
    plain.locator(".message__menu summary").last.click()
    plain.get_by_role("button", name=here).last.click()
    expect(plain.locator(".notice")).to_contain_text("Marked as unread")
    assert Participant.objects.get(user=seller).unread_from == 2
    plain.get_by_role("button", name="Undo").click()
    expect(plain.locator(".notice")).to_contain_text("Undone")


@only_whole
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


@only_whole
@languages
def test_head_choices_and_labels_are_accessible(
    locale: str, seller: User, shop: Shop, asked: Conversation, inspect: Inspect
) -> None:
    labels.create(seller, shop.pk, "Wholesale", "blue")
    visit = inspect(seller, locale=locale)
    open_thread(visit.page, asked)
    visit.page.click(".triage__more")
    visit.look()
    visit.page.goto("/conversations/")
    live(visit.page)
    for key in ("*", "l"):
        visit.page.keyboard.press(key)
    expect(visit.page.locator(".choices button").first).to_be_focused()
    visit.look()
    visit.page.keyboard.press("Escape")
    visit.look()
    visit.page.goto("/conversations/labels/")
    visit.page.locator(".label-row > summary").click()
    visit.look()
    assert not visit.problems
