"""Files that are dropped or pasted where nothing can be sent with them."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.models import Conversation, File
from tests.browser.acts import Person, open_thread
from tests.browser.files import LINES, hand_over, photo
from tests.said import say

NOT_HERE = "Only messages can have files, not notes."


@pytest.mark.parametrize(
    ("kind", "place"), [("drop", ".thread__scroll"), ("paste", "trato-note-composer textarea")]
)
def test_a_file_for_a_note_does_not_end_up_in_a_message(
    kind: str, place: str, person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "Hello")
    page = person(seller)
    open_thread(page, conversation)
    page.get_by_role("radio", name="Note").check(force=True)
    hand_over(page, kind, place, photo("costs.jpg"))
    expect(page.locator(".undo")).to_have_text(NOT_HERE)
    page.get_by_role("radio", name="Message").check(force=True)
    expect(page.locator(LINES)).to_have_count(0)
    hand_over(page, "drop", ".thread__scroll", photo("bowl.jpg"))
    expect(page.locator(LINES)).to_have_count(1)
    expect(page.locator(".attachment__alt")).to_be_visible()
    assert [file.name for file in File.objects.all()] == ["bowl.jpg"]


def block(page: Page, conversation: Conversation, act: str) -> None:
    """Block the other side, or unblock it, in another tab of the same person."""
    page.evaluate(
        """async ([address, act]) => (await import("trato/api")).post(address, { act })""",
        [f"{conversation.get_absolute_url()}block/", act],
    )


def test_a_file_that_is_dropped_where_nobody_can_write_is_not_kept(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "Hello")
    page = person(shopper)
    open_thread(page, conversation)
    block(page, conversation, "block")
    expect(page.locator(".thread__blocked")).to_be_visible()
    hand_over(page, "drop", ".thread__scroll", photo("lost.jpg"))
    block(page, conversation, "unblock")
    expect(page.locator(".thread__blocked")).to_be_hidden()
    expect(page.locator(LINES)).to_have_count(0)
    hand_over(page, "drop", ".thread__scroll", photo("bowl.jpg"))
    expect(page.locator(LINES)).to_have_count(1)
