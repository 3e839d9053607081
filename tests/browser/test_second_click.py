"""A second click while a form is under way is no second act."""

import pytest
from playwright.sync_api import Page, Request, expect

from accounts.models import User
from catalog.models import Shop
from messaging.factories import SavedReplyFactory
from messaging.models import Conversation, Look, SavedReply
from tests.browser.acts import Person, live
from tests.said import say


@pytest.fixture
def posts() -> list[str]:
    return []


def watch(page: Page, posts: list[str]) -> None:
    def note(request: Request) -> None:
        if request.method == "POST":
            posts.append(request.url)

    page.on("request", note)


def test_two_clicks_delete_a_saved_reply_as_one_does(
    person: Person, seller: User, shop: Shop, posts: list[str]
) -> None:
    page = person(seller)
    reply = SavedReplyFactory(shop=shop)
    page.goto(f"/saved-replies/{reply.pk}/delete/")
    live(page)
    watch(page, posts)
    page.dblclick(".button--danger")
    expect(page.get_by_role("heading", name="Saved replies")).to_be_visible()
    assert len(posts) == 1
    assert not SavedReply.objects.exists()


def test_two_clicks_of_staff_are_one_look(
    person: Person, shopper: User, moderator: User, conversation: Conversation, posts: list[str]
) -> None:
    say(shopper, conversation, "Is it glazed?")
    page = person(moderator)
    address = f"/admin/messaging/conversation/{conversation.pk}/thread/"
    with page.expect_websocket():
        page.goto(address)
    page.get_by_label("Reason").fill("Asked by the police")
    watch(page, posts)
    page.get_by_role("button", name="View the conversation").dblclick()
    expect(page.get_by_text("Is it glazed?")).to_be_visible()
    assert len(posts) == 1
    assert Look.objects.count() == 1
