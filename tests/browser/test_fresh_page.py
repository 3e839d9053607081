"""An open conversation shows what a reload would show, even after changes without an event."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from accounts.profile import change_profile
from catalog import teams
from catalog.factories import ProductFactory, ShopMemberFactory
from catalog.models import Product, Shop
from messaging.factories import ConversationFactory, MessageFactory, SavedViewFactory
from messaging.models import Conversation
from messaging.notes.actions import add
from messaging.scheduled.actions import Plan, schedule
from messaging.triage import actions, labels
from tests.browser.acts import Person, live, open_thread, polling, returned, until
from tests.browser.lines import Line
from tests.rulings import suspend
from tests.said import say
from tests.site import Site
from tests.whole import only_whole

PANE = ".triage-context"
ASSIGNEE, COLLEAGUES = f"{PANE} [data-assignee]", f"{PANE} [name=user] option"
SNOOZED = ".triage__state:visible [data-when=snoozed]"
WAITING = ".waiting__line:visible"
WIDE = {"width": 1300, "height": 800}


@pytest.fixture
def asked(conversation: Conversation, shopper: User) -> Conversation:
    say(shopper, conversation, "Is it glazed?")
    return conversation


@pytest.fixture
def page(person: Person, seller: User, asked: Conversation) -> Page:
    page = person(seller, viewport=WIDE)
    open_thread(page, asked)
    return page


def looks_as_after_a_reload(page: Page, *selectors: str) -> None:
    """Compare what the page shows now with what it shows after a reload."""
    shown = [page.locator(one).all_inner_texts() for one in selectors]
    page.reload()
    live(page)
    for selector, texts in zip(selectors, shown, strict=True):
        expect(page.locator(selector)).to_have_text(texts, use_inner_text=True)


@only_whole
def test_the_end_of_a_snooze_is_shown_when_it_comes(
    person: Person, seller: User, asked: Conversation
) -> None:
    actions.snooze(seller, [asked.pk], timezone.now() + timedelta(hours=2))
    page = person(seller, viewport=WIDE)
    page.clock.install()
    open_thread(page, asked)
    expect(page.locator(SNOOZED)).to_be_visible()
    page.clock.fast_forward("02:00:01")
    expect(page.locator(SNOOZED)).to_be_hidden()
    page.click(".triage__more")
    expect(page.get_by_role("button", name="End the snooze")).to_be_hidden()


@only_whole
def test_a_message_that_wakes_offers_to_sleep_again(
    page: Page, shopper: User, seller: User, asked: Conversation
) -> None:
    again = page.locator(".triage__snooze [data-again]")
    actions.snooze(seller, [asked.pk], timezone.now() + timedelta(hours=2))
    expect(page.locator(SNOOZED)).to_be_visible()
    say(shopper, asked, "Hello?")
    expect(page.locator(SNOOZED)).to_be_hidden()
    page.click(".triage__more")
    expect(again).to_be_visible()
    again.click()
    expect(page.locator(SNOOZED)).to_be_visible()
    page.click(".triage__more")
    expect(again).to_be_hidden()


@only_whole
@pytest.mark.parametrize("way", ["leaves", "is removed", "is suspended"])
def test_an_assignee_who_can_no_longer_is_shown_so(
    way: str,
    page: Page,
    seller: User,
    colleague: User,
    moderator: User,
    shop: Shop,
    asked: Conversation,
) -> None:
    actions.assign(seller, [asked.pk], colleague.pk)
    expect(page.locator(ASSIGNEE)).to_have_text(colleague.name)
    if way == "leaves":
        teams.leave_shop(colleague, shop.pk)
    elif way == "is removed":
        teams.remove_member(seller, shop.pk, colleague.pk)
    else:
        suspend(moderator, colleague.pk, "Spam")
    expect(page.locator(ASSIGNEE)).to_have_text("Nobody")
    expect(page.locator(f"{PANE} [data-former]")).to_contain_text(f"{colleague.name} took care")
    expect(page.locator(COLLEAGUES)).to_have_count(2)
    expect(page.locator(".inbox__marks")).to_contain_text(f"Nobody's again: {colleague.name}")
    looks_as_after_a_reload(page, PANE)


@only_whole
def test_colleagues_who_come_or_change_their_names_are_shown(
    page: Page, seller: User, colleague: User, stranger: User, shop: Shop, asked: Conversation
) -> None:
    actions.assign(seller, [asked.pk], colleague.pk)
    expect(page.locator(ASSIGNEE)).to_have_text(colleague.name)
    page.locator(f"{PANE} [name=user]").select_option(label=f"{seller.name} (you)")
    change_profile(colleague, {"name": "Iker Vidal"})
    expect(page.locator(ASSIGNEE)).to_have_text("Iker Vidal")
    # What the person has chosen meanwhile stays.
    expect(page.locator(f"{PANE} [name=user]")).to_have_value(str(seller.pk))
    looks_as_after_a_reload(page, PANE)


@only_whole
def test_somebody_who_joined_later_stays_assigned_when_one_presses_assign(
    page: Page, seller: User, stranger: User, shop: Shop, asked: Conversation
) -> None:
    User.objects.filter(pk=stranger.pk).update(role=User.Role.SELLER)
    ShopMemberFactory(shop=shop, user=stranger)  # without an event
    actions.assign(seller, [asked.pk], stranger.pk)
    expect(page.locator(ASSIGNEE)).to_have_text(stranger.name)
    page.locator(PANE).get_by_role("button", name="Assign").click()
    expect(page.locator(".undo")).to_contain_text("Assigned")
    asked.refresh_from_db()
    assert asked.assignee_id == stranger.pk


@only_whole
def test_who_has_just_been_assigned_is_said_to_whoever_is_slower(
    person: Person, seller: User, colleague: User, asked: Conversation
) -> None:
    page = person(seller, viewport=WIDE)
    Line(page).lost_kind = "team.changed"
    open_thread(page, asked)
    page.locator(f"{PANE} [name=user]").select_option(label=f"{seller.name} (you)")
    actions.assign(colleague, [asked.pk], colleague.pk)
    page.locator(PANE).get_by_role("button", name="Assign").click()
    expect(page.locator(".undo")).to_contain_text(f"{colleague.name} has just taken this.")
    expect(page.locator(ASSIGNEE)).to_have_text(colleague.name)
    page.locator(PANE).get_by_role("button", name="Assign").click()  # knowing it
    expect(page.locator(".undo")).to_contain_text("Assigned")
    asked.refresh_from_db()
    assert asked.assignee_id == seller.pk


@only_whole
def test_a_lost_event_of_the_team_is_healed_by_the_next_one(
    person: Person, seller: User, colleague: User, shop: Shop, asked: Conversation
) -> None:
    page = person(seller, viewport=WIDE)
    Line(page).lost_kind = "team.changed"
    open_thread(page, asked)
    mugs = labels.create(seller, shop.pk, "Mugs", "blue").pk
    expect(page.locator(f"{PANE} select[name=label] option")).to_have_count(1)
    actions.assign(colleague, [asked.pk], colleague.pk)
    actions.label(colleague, [asked.pk], mugs)
    add(colleague, asked.pk, uuid.uuid4(), "It is.")
    expect(page.locator(ASSIGNEE)).to_have_text(colleague.name)
    expect(page.locator(f"{PANE} .label:visible")).to_contain_text("Mugs")
    looks_as_after_a_reload(page, PANE)


@only_whole
def test_what_was_missed_is_asked_for_until_it_comes(
    site: Site,
    page: Page,
    shopper: User,
    seller: User,
    colleague: User,
    product: Product,
    shop: Shop,
    asked: Conversation,
) -> None:
    site.kill(0)
    until(page, "lost")
    teams.remove_member(seller, shop.pk, colleague.pk)
    Product.objects.filter(pk=product.pk).update(price=9900, stock=0)
    jug = ConversationFactory(consumer=shopper, product=ProductFactory(shop=shop, title="Jug"))
    MessageFactory(conversation=jug, body="And the jug?")
    actions.settle(seller, [asked.pk])
    actions.star(seller, [asked.pk])
    tomorrow = timezone.now() + timedelta(days=1)
    plan = Plan(body="Soon.", send_at=tomorrow, only_if_quiet=True)
    schedule(seller, asked.pk, uuid.uuid4(), plan)
    failed: list[str] = []

    def fail_once(route: Route) -> None:
        if failed:
            return route.continue_()
        failed.append(route.request.url)
        return route.abort()

    page.route(f"**{asked.get_absolute_url()}", fail_once)
    site.start(0)
    returned(page)
    expect(page.locator(".context__product")).to_contain_text("99")
    expect(page.locator(".context__product")).to_contain_text("Sold out")
    expect(page.locator(".others")).to_contain_text("Jug")
    expect(page.locator(WAITING)).to_contain_text("Settled")
    expect(page.get_by_role("button", name="Remove the star")).to_be_visible()
    expect(page.locator(".scheduled__summary")).to_contain_text("1 message scheduled")
    assert failed
    looks_as_after_a_reload(page, PANE, ".context__product", ".others", WAITING)


@only_whole
def test_the_lists_header_offers_the_people_labels_and_views_of_now(
    colleague: User, page: Page, seller: User, shop: Shop
) -> None:
    header = page.locator(".inbox__tools")
    expect(header.locator("[name=assigned] option")).to_contain_text(["Anybody", colleague.name])
    SavedViewFactory(owner=seller, name="Every morning", query="unread=1")
    teams.remove_member(seller, shop.pk, colleague.pk)
    expect(header.locator("[name=assigned]")).to_have_count(0)
    expect(header.locator(".saved-views__link")).to_have_count(1)
    looks_as_after_a_reload(page, ".inbox__tools")


@only_whole
def test_a_new_conversation_of_the_shopper_appears_among_the_others(
    page: Page, shopper: User, shop: Shop
) -> None:
    expect(page.locator(".others")).to_have_count(0)
    jug = ConversationFactory(consumer=shopper, product=ProductFactory(shop=shop, title="Jug"))
    say(shopper, jug, "And the jug?")
    expect(page.locator(".others")).to_contain_text("Your turn")
    looks_as_after_a_reload(page, ".others")


@only_whole
def test_a_menu_that_is_opened_offers_times_of_today(
    person: Person, seller: User, asked: Conversation
) -> None:
    page = person(seller, viewport=WIDE)
    page.clock.install()
    open_thread(page, asked)
    offered = page.locator(".triage__snooze [name=until]").last
    offered.evaluate("button => button.value = '2026-01-01T09:00:00Z'")
    page.clock.fast_forward("00:02:00")
    page.click(".triage__more")
    expect(offered).not_to_have_attribute("value", "2026-01-01T09:00:00Z")


@only_whole
def test_what_changes_after_it_was_fetched_in_advance_is_shown(
    person: Person, seller: User, colleague: User, asked: Conversation, stranger: User
) -> None:
    other = ConversationFactory(consumer=stranger, product=asked.product)
    MessageFactory(conversation=other, body="Do you ship to Berlin?")
    page = person(seller, viewport=WIDE)
    page.goto("/conversations/")
    live(page)
    expect(page.locator(".inbox__link")).to_have_count(2)
    with page.expect_response(f"**{asked.get_absolute_url()}"):
        page.evaluate(
            "id => document.querySelector('trato-panes').prepare("
            "document.querySelector(`[data-conversation='${id}'] .inbox__link`))",
            asked.pk,
        )
    actions.assign(colleague, [asked.pk], colleague.pk)
    row = page.locator(f".inbox__item[data-conversation='{asked.pk}']")
    expect(row).to_contain_text(f"→ {colleague.name}")
    row.locator(".inbox__link").click()
    expect(page.locator(".thread__title")).to_have_text("Lucía Romero")
    assert page.locator(ASSIGNEE).inner_text() == colleague.name


@only_whole
def test_what_changes_while_it_is_being_fetched_is_shown(
    person: Person, seller: User, colleague: User, asked: Conversation
) -> None:
    page = person(seller, viewport=WIDE)
    page.goto("/conversations/")
    live(page)
    held: list[Callable[[], None]] = []

    def hold(route: Route) -> None:
        answer = route.fetch()
        actions.star(seller, [asked.pk])
        held.append(lambda: route.fulfill(response=answer))

    page.route(f"**{asked.get_absolute_url()}", hold, times=1)
    page.locator(".inbox__link").click(no_wait_after=True)
    expect(page.locator(".inbox__item")).to_contain_text("Starred")
    held.pop()()
    expect(page.get_by_role("button", name="Remove the star")).to_be_visible()


@only_whole
def test_acts_say_what_was_on_the_screen(page: Page, shopper: User, asked: Conversation) -> None:
    say(shopper, asked, "And inside?")
    expect(page.locator(".message__body")).to_have_count(2)
    with page.expect_request("**/conversations/acts/") as sent:
        page.get_by_role("button", name="Settle", exact=True).click()
    assert re.search(r'name="seen"\s+2\s|seen=2', sent.value.post_data or "")


@only_whole
def test_an_act_without_a_socket_is_shown_as_after_a_reload(
    person: Person, seller: User, colleague: User, asked: Conversation
) -> None:
    page = person(seller, viewport=WIDE)
    page.route_web_socket("**/ws/", lambda socket: socket.close())
    open_thread(page, asked, wait=False)
    polling(page)
    page.locator(f"{PANE} [name=user]").select_option(label=f"{seller.name} (you)")
    page.locator(PANE).get_by_role("button", name="Assign").click()
    expect(page.locator(ASSIGNEE)).to_have_text(seller.name)
