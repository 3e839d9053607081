"""A second click while a form is being sent is not a second action."""

from playwright.sync_api import expect

from accounts.models import User
from catalog.models import Shop
from messaging.factories import SavedReplyFactory
from messaging.models import Conversation, Look, SavedReply
from tests.browser.acts import Person, live
from tests.said import say

CLICK_TWICE = """(button) => {
    let sent = 0;
    window.addEventListener("submit", (event) => (sent += !event.defaultPrevented));
    button.click();
    button.click();
    return sent;
}"""


def test_two_clicks_delete_a_saved_reply_as_one_does(
    person: Person, seller: User, shop: Shop
) -> None:
    page = person(seller)
    reply = SavedReplyFactory(shop=shop)
    page.goto(f"/saved-replies/{reply.pk}/delete/")
    live(page)
    assert page.locator(".button--danger").evaluate(CLICK_TWICE) == 1
    expect(page.get_by_role("heading", name="Saved replies")).to_be_visible()
    assert not SavedReply.objects.exists()


def test_two_clicks_of_staff_are_one_look(
    person: Person, shopper: User, moderator: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "Is it glazed?")
    page = person(moderator)
    with page.expect_websocket():
        page.goto(f"/admin/messaging/conversation/{conversation.pk}/thread/")
    page.get_by_label("Reason").fill("Asked by the police")
    button = page.get_by_role("button", name="View the conversation")
    assert button.evaluate(CLICK_TWICE) == 1
    expect(page.get_by_text("Is it glazed?")).to_be_visible()
    assert Look.objects.count() == 1
