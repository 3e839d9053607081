"""The focus stays in the list, whatever is rendered again."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.models import Conversation, Participant
from messaging.triage import actions
from tests.whole import only_whole, some_of

NAMES, ROWS = ".inbox__link", "**/conversations/rows/**"


@pytest.mark.parametrize("control", some_of([NAMES, ".inbox__check"], 1))
def test_it_stays_on_what_is_drawn_again(
    control: str, inbox: Page, colleague: User, conversation: Conversation
) -> None:
    place = inbox.locator(control).last
    place.focus()
    actions.assign(colleague, [conversation.pk], colleague.pk)
    expect(inbox.locator(".inbox__marks").last).to_contain_text("→ Iker Sanz")
    expect(place).to_be_focused()
    Conversation.objects.update(assignee=None)
    inbox.evaluate("import('trato/session').then(({ session }) => session.emit('live'))")
    expect(inbox.locator(".inbox__marks").last).not_to_contain_text("→")
    expect(place).to_be_focused()
    inbox.keyboard.press("k")
    expect(inbox.locator(NAMES).first).to_be_focused()


@only_whole
def test_it_goes_to_the_neighbour_of_what_the_whole_list_has_lost(
    inbox: Page, seller: User, conversation: Conversation
) -> None:
    inbox.locator(".inbox__check").last.focus()
    archived = {"side": "seller", "archived_sequence": 1}
    Participant.objects.update_or_create(archived, conversation=conversation, user=seller)
    inbox.evaluate("import('trato/session').then(({ session }) => session.emit('live'))")
    expect(inbox.locator(NAMES)).to_have_text(["Ana Prieto"])
    expect(inbox.locator(f"{NAMES}:focus, .inbox__check:focus")).to_have_count(1)


def test_undo_gives_it_back(inbox: Page) -> None:
    keys = inbox.keyboard
    for key in ("j", "j", "s"):
        keys.press(key)
    expect(inbox.locator(".undo")).to_contain_text("Starred")
    inbox.locator(".undo__button").focus()
    keys.press("Enter")
    expect(inbox.locator(".undo")).to_contain_text("Undone")
    expect(inbox.locator(NAMES).last).to_be_focused()


@only_whole
@pytest.mark.parametrize("key", ["h", "?"])
def test_a_dialog_gives_it_back_to_a_row_that_was_replaced(
    key: str, inbox: Page, colleague: User, conversation: Conversation
) -> None:
    for one in ("j", "j", key):
        inbox.keyboard.press(one)
    dialog = inbox.locator("dialog[open]:not([aria-busy])")
    expect(dialog).to_be_visible()
    actions.assign(colleague, [conversation.pk], colleague.pk)
    expect(inbox.locator(".inbox__marks").last).to_contain_text("→ Iker Sanz")
    inbox.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(inbox.locator(NAMES).last).to_be_focused()


@only_whole
def test_a_dialog_gives_it_to_the_neighbour_of_a_row_that_has_gone(
    inbox: Page, seller: User, conversation: Conversation
) -> None:
    for one in ("j", "j", "h"):
        inbox.keyboard.press(one)
    dialog = inbox.locator("dialog[open]:not([aria-busy])")
    expect(dialog).to_be_visible()
    actions.archive(seller, [conversation.pk])
    expect(inbox.locator(NAMES)).to_have_count(1)
    inbox.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(inbox.locator(NAMES)).to_be_focused()
