"""Two people, one of whom blocks the other."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.blocks.actions import block
from messaging.models import Conversation, Message
from tests.browser.acts import Person, open_thread, says, write
from tests.browser.inspector import Inspect, languages
from tests.whole import only_whole, some_of

UNDELIVERED = "This message could not be delivered."
MENU = "summary[aria-label='More for this conversation']"


@pytest.mark.parametrize("blocker", some_of(["shopper", "seller"], 1))
def test_a_block_acts_at_once_and_can_be_undone(
    blocker: str, person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    pages = {"shopper": person(shopper), "seller": person(seller, process=1)}
    for page in pages.values():
        open_thread(page, conversation)
    write(pages["shopper"], "Is it glazed?")
    says(pages["seller"], "Is it glazed?")
    mine = pages.pop(blocker)
    (theirs,) = pages.values()
    also_mine = mine.context.new_page()
    open_thread(also_mine, conversation)
    choose_to_block(mine)
    expect(mine.locator(".notice")).to_contain_text("You've blocked")
    for page in (mine, also_mine):
        expect(page.locator(".thread__blocked")).to_be_visible()
        expect(page.locator("#composer-body")).to_be_hidden()
    expect(theirs.locator(".thread__blocked")).to_be_hidden()
    write(theirs, "Hello?")
    expect(theirs.locator(".message[data-pending]")).to_contain_text(UNDELIVERED)
    theirs.reload()
    expect(theirs.locator(".message[data-pending]")).to_contain_text(UNDELIVERED)
    mine.locator(".done button").click()
    for page in (mine, also_mine):
        expect(page.locator("#composer-body")).to_be_visible()
    theirs.locator("[data-retry]").click()
    says(mine, "Hello?")
    assert Message.objects.count() == 2


def choose_to_block(page: Page) -> None:
    page.locator(MENU).focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("Block this shop")).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Block").focus()
    page.keyboard.press("Enter")


def test_without_scripts_it_works_by_forms(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    mine = person(shopper, java_script_enabled=False)
    mine.goto(conversation.get_absolute_url())
    mine.locator(MENU).click()
    mine.get_by_role("link", name="Block this shop").click()
    mine.get_by_role("button", name="Block").click()
    expect(mine.locator(".thread__blocked")).to_be_visible()
    theirs = person(seller, java_script_enabled=False)
    theirs.goto(conversation.get_absolute_url())
    theirs.fill("#composer-body", "Hello?")
    theirs.locator(".composer__send").click()
    expect(theirs.locator("#composer-error")).to_contain_text("could not be delivered")
    expect(theirs.locator("#composer-body")).to_have_value("Hello?")
    mine.goto("/conversations/blocked/")
    mine.get_by_role("button", name="Unblock: ").click()
    expect(mine.locator(".page")).to_contain_text("Nobody.")


@only_whole
@languages
def test_the_pages_of_blocks_are_accessible(
    locale: str, inspect: Inspect, shopper: User, seller: User, conversation: Conversation
) -> None:
    pages = [f"{conversation.get_absolute_url()}block/", conversation.get_absolute_url()]
    for user in (shopper, seller):
        looked: Any = inspect(user, locale=locale)
        looked.tour([*pages, "/conversations/blocked/"])
        block(user, conversation.pk)
        looked.tour([*pages, "/conversations/blocked/"])
        assert looked.problems == []
