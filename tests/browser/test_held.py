"""The sender of a held message sees that it is being checked; others get it once released."""

import uuid

from playwright.sync_api import expect

from accounts.models import User
from messaging.models import Conversation, HeldMessage
from messaging.review.actions import release
from tests.browser.acts import Person, open_thread, says, write
from tests.browser.inspector import Inspector
from tests.rulings import reject
from tests.whole import only_whole


def hold(person: User, talk: Conversation, body: str) -> HeldMessage:
    """Hold a message as a rule does."""
    Conversation.objects.filter(pk=talk.pk).update(has_held=True)
    return HeldMessage.objects.create(
        conversation=talk,
        sender=person,
        side=talk.side_of(person.pk),
        client_id=uuid.uuid4(),
        body=body,
        reason="rule",
    )


def test_held_messages_are_seen_by_their_sender_and_delivered_in_order(
    person: Person,
    shopper: User,
    seller: User,
    moderator: User,
    conversation: Conversation,
) -> None:
    first = hold(shopper, conversation, "Write me on the other app")
    asking, answering = person(shopper, reduced_motion="reduce"), person(seller)
    open_thread(asking, conversation)
    open_thread(answering, conversation)
    box = asking.locator(".held")
    expect(box).to_contain_text("Write me on the other app")
    expect(box).to_contain_text("Being checked.")
    write(asking, "Are you there?")
    expect(box.locator(".held__item")).to_have_count(2)
    expect(asking.locator(".messages [data-pending]")).to_have_count(0)
    inspector = Inspector(asking)
    inspector.look()
    assert inspector.problems == []
    write(answering, "Hello, how can I help?")
    says(asking, "Hello, how can I help?")
    expect(answering.locator(".message")).to_have_count(1)
    release(moderator, first.pk, "Fine")
    for page in (asking, answering):
        expect(page.locator(".message__body")).to_have_text(
            ["Hello, how can I help?", "Write me on the other app", "Are you there?"]
        )
    expect(box.locator(".held__item")).to_have_count(0)


@only_whole
def test_a_rejected_one_says_why_and_one_may_be_taken_back(
    person: Person, shopper: User, moderator: User, conversation: Conversation
) -> None:
    first = hold(shopper, conversation, "Write me on the other app")
    asking = person(shopper, reduced_motion="reduce")
    open_thread(asking, conversation)
    write(asking, "Are you there?")
    box = asking.locator(".held")
    second = box.locator(".held__item", has_text="Are you there?")
    second.get_by_role("button", name="Take back").click()
    expect(asking.get_by_text("You've taken the message back.")).to_be_visible()
    expect(box.locator(".held__item")).to_have_count(1)
    reject(moderator, first.pk, "A known trick")
    expect(box).to_contain_text("Not delivered.")
    expect(box.get_by_role("link", name="Read why, and how to appeal")).to_be_visible()
    inspector = Inspector(asking)
    inspector.look()
    assert inspector.problems == []
    box.get_by_role("button", name="Remove").click()
    expect(box.locator(".held__item")).to_have_count(0)
