"""The pane beside a conversation, in a browser."""

from playwright.sync_api import expect

from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Shop
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation
from tests.browser.acts import Person, open_thread, write

LINE = ".waiting__line:visible"


def test_the_pane_follows_the_keyboard_the_shopper_and_notes(
    person: Person, seller: User, shopper: User, shop: Shop, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation, sender=seller, body="There it is.")
    jug = ConversationFactory(consumer=shopper, product=ProductFactory(shop=shop, title="Jug"))
    MessageFactory(conversation=jug, body="And the jug?")
    page, asking = person(seller, viewport={"width": 1300, "height": 800}), person(shopper)
    open_thread(page, conversation)
    others = page.locator(".others")
    expect(page.locator(LINE)).to_contain_text("Waiting for the shopper")
    expect(others).to_contain_text("Your turn")
    # The shopper writes here: the shop's turn.
    open_thread(asking, conversation)
    write(asking, "Is it blue?")
    expect(page.locator(LINE)).to_contain_text("Waiting for your shop for under a minute")
    # A note.
    page.get_by_role("radio", name="Note").check(force=True)
    page.get_by_label("Internal note").fill("Ask Iker")
    page.keyboard.press("Enter")
    expect(page.locator(".notes-context__last")).to_contain_text("Ask Iker")
    # Open the other conversation by keyboard, beside the list. This one is now the other one.
    page.evaluate("window.isSame = true")
    page.locator(".others__link").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".context__product")).to_contain_text("Jug")
    expect(others).to_contain_text("Speckled bowl")
    assert page.evaluate("window.isSame")
    write(page, "Here it is.")
    expect(page.locator(LINE)).to_contain_text("Waiting for the shopper")
