"""Notes that are written but not stored yet: what a browser keeps, and when it sends them."""

from playwright.sync_api import Page, Route, expect

from accounts.models import User
from messaging.models import Conversation, Note
from tests.browser.acts import Person, live, open_thread
from tests.browser.lines import Line
from tests.browser.outbox import age


def add_notes(page: Page, *texts: str) -> None:
    page.get_by_role("radio", name="Note").check(force=True)
    for text in texts:
        page.get_by_label("Internal note").fill(text)
        page.keyboard.press("Enter")


def stored() -> list[str]:
    return [*Note.objects.order_by("number").values_list("body", flat=True)]


def test_notes_from_long_ago_are_stored_only_once_their_author_says_so(
    person: Person, seller: User, conversation: Conversation
) -> None:
    page = person(seller)
    line = Line(page)
    open_thread(page, conversation)
    line.cut()
    add_notes(page, "First", "Second", "Third")
    expect(page.locator(".note[data-waiting]")).to_have_count(3)
    age(page, 8)
    line.is_cut = False
    page.context.set_offline(False)
    page.goto("/products/")
    live(page)
    asked = page.locator(".unsent__item")
    expect(page.locator(".unsent__body")).to_have_text(["First", "Second", "Third"])
    expect(asked.first).to_contain_text("Internal note written on")
    asked.nth(1).get_by_role("button", name="Discard").click()
    asked.first.get_by_role("button", name="Send now").click()
    expect(asked).to_have_count(1)
    asked.first.get_by_role("link").click()
    expect(page.locator(".note__body")).to_have_text(["First", "Third"])
    expect(page.locator(".note__failed:visible")).to_contain_text("not sent yet. Send it now?")
    add_notes(page, "Meanwhile")  # isn't delayed by it
    expect(page.locator(".note[data-number] .note__body")).to_have_text(["First", "Meanwhile"])
    page.get_by_role("button", name="Send now").click()
    expect(page.locator(".note[data-waiting]")).to_have_count(0)
    assert stored() == ["First", "Meanwhile", "Third"]


def test_a_waiting_note_can_be_discarded(
    person: Person, seller: User, conversation: Conversation
) -> None:
    page = person(seller)
    line = Line(page)
    open_thread(page, conversation)
    line.cut()
    add_notes(page, "Better not", "Better so")
    page.locator(".note", has_text="Better not").get_by_role("button", name="Discard").click()
    expect(page.locator(".note__body")).to_have_text("Better so")
    line.mend()
    expect(page.locator(".note[data-number] .note__body")).to_have_text("Better so")
    assert stored() == ["Better so"]


def test_a_note_at_which_the_server_fails_holds_up_no_other(
    person: Person, seller: User, conversation: Conversation
) -> None:
    page = person(seller)

    def fail(route: Route) -> None:
        if "Poison" in (route.request.post_data or ""):
            route.fulfill(status=500, body="<h1>No</h1>", content_type="text/html")
        else:
            route.continue_()

    page.route("**/notes/", fail)
    open_thread(page, conversation)
    add_notes(page, "Poison", "Behind it")
    expect(page.locator(".note[data-number] .note__body")).to_have_text("Behind it")
    expect(page.locator("[data-why]:visible")).to_have_text("The server rejected this note.")
    page.unroute("**/notes/")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".note[data-waiting]")).to_have_count(0)
    assert stored() == ["Behind it", "Poison"]
