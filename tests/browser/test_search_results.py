"""A search leads to the message that it shows."""

from playwright.sync_api import expect

from accounts.models import User
from messaging.factories import MessageFactory, ParticipantFactory
from messaging.models import Conversation, Side
from tests.browser.acts import Person


def test_a_result_opens_the_conversation_at_its_message(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    for number in range(1, 101):
        body = {5: "Old glaze", 80: "New clay"}.get(number, f"Line {number}\nand more")
        MessageFactory(conversation=conversation, sender=seller, body=body)
    ParticipantFactory(
        conversation=conversation, user=shopper, side=Side.CONSUMER, last_read_sequence=100
    )
    page = person(shopper)
    for words, sequence in (("glaze", 5), ("clay", 80)):
        page.goto(f"/conversations/?q={words}")
        expect(page.locator(".inbox__preview mark")).to_have_text(words)
        page.click(".inbox__link")
        message = page.locator(f"#message-{sequence}")
        expect(message).to_be_in_viewport(ratio=1)
        expect(message.locator(".message__bubble")).to_have_css("outline-style", "solid")
        page.wait_for_function("document.querySelector('trato-thread').timeline")
        expect(message).to_be_in_viewport(ratio=1)
