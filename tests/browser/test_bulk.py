"""Many conversations at once: the page says what was not done, and keeps it selected."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.factories import UserFactory
from accounts.models import User
from catalog.models import Product
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation, Participant
from messaging.triage import actions
from tests.browser.acts import Person, live
from tests.said import say
from tests.whole import only_whole

NAMES, SAID, COUNT = ".inbox__link", ".undo", ".selection__count"
ACTS, LIST = "**/conversations/acts/", "**/conversations/?*"
PAGE_SIZE = 25  # conversations
Refuse = Callable[[Route], None]


@pytest.fixture
def rows(product: Product) -> list[Conversation]:
    """Two conversations more than a page, from Client 00 to Client 26, the newest last."""
    made: list[Conversation] = []
    for number in range(PAGE_SIZE + 2):
        client = UserFactory(name=f"Client {number:02}")
        made.append(ConversationFactory(consumer=client, product=product))
        MessageFactory(conversation=made[-1], body="Is it glazed?")
    return made


@pytest.fixture
def inbox(person: Person, seller: User, rows: list[Conversation]) -> Page:
    page = person(seller)
    page.goto("/conversations/")
    live(page)
    expect(page.locator(NAMES)).to_have_count(PAGE_SIZE)
    return page


def after(answered: int, refuse: Refuse) -> Refuse:
    """Let some requests through, and refuse the later ones."""
    seen: list[Route] = []

    def handle(route: Route) -> None:
        seen.append(route)
        route.continue_() if len(seen) <= answered else refuse(route)

    return handle


def busy(route: Route) -> None:
    refusal = {"type": "error", "code": "rate_limited", "detail": "Too many requests."}
    route.fulfill(status=429, json=refusal)


def in_parts_of(page: Page, size: int) -> None:
    """Limit how many conversations each request of an action may have."""

    def serve(route: Route) -> None:
        answer = route.fetch()
        body = answer.text()
        assert "AT_ONCE = 200" in body
        route.fulfill(response=answer, body=body.replace("AT_ONCE = 200", f"AT_ONCE = {size}"))

    page.route("**/js/bundles/inbox.js", serve)


def whole(page: Page) -> None:
    page.keyboard.press("*")
    page.get_by_role("button", name="Select all pages").click()


@only_whole
def test_the_rest_of_an_act_that_failed_is_told_and_stays_selected(
    inbox: Page, seller: User
) -> None:
    in_parts_of(inbox, 10)
    inbox.reload()
    live(inbox)
    inbox.route(ACTS, after(1, busy))
    inbox.keyboard.press("*")
    inbox.keyboard.press("a")
    expect(inbox.locator(SAID)).to_contain_text(
        "Archived (10). 15 were not tried: Too many requests."
    )
    expect(inbox.locator(COUNT)).to_have_text("15 selected")
    inbox.unroute(ACTS)
    inbox.keyboard.press("a")
    expect(inbox.locator(SAID)).to_contain_text("Archived (15)")
    expect(inbox.locator(".selection")).to_be_hidden()
    assert Participant.objects.filter(user=seller, archived_sequence=1).count() == PAGE_SIZE


@only_whole
def test_an_undo_that_failed_can_be_tried_again(inbox: Page, seller: User) -> None:
    inbox.keyboard.press("j")
    inbox.keyboard.press("s")
    expect(inbox.locator(SAID)).to_contain_text("Starred")
    inbox.route(ACTS, busy)
    inbox.click(".undo__button")
    expect(inbox.locator(SAID)).to_contain_text("Too many requests.")
    inbox.unroute(ACTS)
    inbox.click(".undo__button")
    expect(inbox.locator(SAID)).to_contain_text("Undone")
    assert not Participant.objects.filter(user=seller, starred_at__isnull=False).exists()


def test_all_pages_are_selected_with_progress(inbox: Page) -> None:
    held: list[Route] = []
    inbox.route(LIST, lambda route: held.append(route))
    with inbox.expect_request(LIST):
        whole(inbox)
    expect(inbox.locator(".selection__progress")).to_be_visible()
    held.pop(0).continue_()
    expect(inbox.locator(".selection[aria-busy]")).to_be_visible()
    inbox.unroute(LIST)
    with inbox.expect_response(LIST):
        held.pop(0).continue_() if held else None
    expect(inbox.locator(COUNT)).to_have_text(f"{PAGE_SIZE + 2} selected")
    expect(inbox.locator(".selection__progress")).to_be_hidden()
    expect(inbox.locator(".selection__act:focus")).to_have_count(1)
    inbox.keyboard.press("Enter")
    expect(inbox.locator(SAID)).to_contain_text(f"Settled ({PAGE_SIZE + 2})")


@only_whole
@pytest.mark.parametrize("width", [390, 1280])
def test_the_acts_stay_on_screen_down_the_list(inbox: Page, width: int) -> None:
    inbox.set_viewport_size({"width": width, "height": 800})
    inbox.locator(".inbox__check").nth(20).check(force=True)
    settle = inbox.locator(".selection__act[value=settle]")
    expect(settle).to_be_in_viewport(ratio=1)
    for _ in range(12):  # up from the row that has the box, which stays below the bar
        inbox.keyboard.press("k")
    bar = settle.bounding_box()
    row = inbox.locator(".inbox__link:focus").bounding_box()
    assert bar
    assert row
    assert row["y"] >= bar["y"] + bar["height"]
    settle.click()
    expect(inbox.locator(SAID)).to_contain_text("Settled")


@only_whole
def test_another_list_ends_the_selection_of_all_pages(inbox: Page) -> None:
    held: list[Route] = []
    inbox.route("**before=*", lambda route: held.append(route))
    with inbox.expect_request("**before=*"):
        whole(inbox)
    inbox.get_by_role("link", name="Unread", exact=True).click()
    expect(inbox.get_by_text("You're all caught up")).to_be_visible()
    with inbox.expect_response("**before=*"):
        held.pop().continue_()
    inbox.go_back()
    expect(inbox.locator(NAMES)).to_have_count(PAGE_SIZE)
    expect(inbox.locator(".selection")).to_be_hidden()


@only_whole
def test_a_selection_of_all_pages_that_failed_says_so(inbox: Page) -> None:
    inbox.route(LIST, after(1, busy))
    whole(inbox)
    expect(inbox.locator(SAID)).to_contain_text("Not all could be selected.")
    expect(inbox.locator(COUNT)).to_have_text(f"{PAGE_SIZE} selected")
    expect(inbox.locator(".selection__progress")).to_be_hidden()


@only_whole
def test_more_than_can_be_selected_is_said(inbox: Page) -> None:
    def many(route: Route) -> None:
        ids = range(1, 1002)
        rows = [{"conversation": one, "last_sequence": 1} for one in ids]
        route.fulfill(json={"rows": rows, "counts": {}, "next": None})

    inbox.keyboard.press("*")
    inbox.route(LIST, many)
    inbox.get_by_role("button", name="Select all pages").click()
    expect(inbox.locator(SAID)).to_contain_text("The first 1,000 are selected; there are more.")


@only_whole
def test_what_was_not_on_screen_is_not_put_away(
    inbox: Page, rows: list[Conversation], seller: User
) -> None:
    inbox.evaluate("import('trato/session').then(({ session }) => session.connection.close())")
    say(rows[-1].consumer, rows[-1], "No, wait!")
    inbox.keyboard.press("j")
    inbox.keyboard.press("a")
    expect(inbox.locator(SAID)).to_contain_text("There is a new message.")
    assert not Participant.objects.filter(user=seller, archived_sequence__isnull=False).exists()
    expect(inbox.locator(".inbox__preview").first).to_have_text("No, wait!")
    inbox.keyboard.press("a")
    expect(inbox.locator(SAID)).to_contain_text("Archived")


@only_whole
def test_the_key_takes_nothing_from_a_colleague_who_was_faster(
    inbox: Page, rows: list[Conversation], seller: User, colleague: User
) -> None:
    inbox.evaluate("import('trato/session').then(({ session }) => session.connection.close())")
    actions.assign(colleague, [rows[-1].pk], colleague.pk)
    inbox.keyboard.press("j")
    inbox.keyboard.press("i")
    expect(inbox.locator(SAID)).to_contain_text("A colleague has just taken this.")
    expect(inbox.locator(".inbox__marks").first).to_contain_text("→ Iker Sanz")
    inbox.keyboard.press("i")
    expect(inbox.locator(SAID)).to_contain_text("Assigned")
    rows[-1].refresh_from_db()
    assert rows[-1].assignee == seller
