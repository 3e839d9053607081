"""A small note tells of news while one is elsewhere on the site."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.models import Conversation
from tests.browser.test_two_people import live, write

Person = Callable[..., Page]


def test_news_of_the_other_side_is_told_elsewhere_and_a_colleagues_answer_is_not(
    person: Person, shopper: User, seller: User, colleague: User, conversation: Conversation
) -> None:
    answering, elsewhere, asking = person(seller), person(colleague), person(shopper)
    elsewhere.goto("/products/")
    elsewhere.evaluate(
        """() => {
            window.told = [];
            const note = () => {
                const words = document.querySelector(".toast__excerpt")?.textContent;
                if (words && window.told.at(-1) !== words) window.told.push(words);
            };
            new MutationObserver(note).observe(
                document.getElementById("toasts"), { childList: true, subtree: true });
        }"""
    )
    for page in (answering, asking):
        page.goto(conversation.get_absolute_url())
    for page in (answering, asking, elsewhere):
        live(page)
    write(answering, "Yes, it is.")
    expect(asking.locator(".message__body").last).to_have_text("Yes, it is.")
    write(asking, "Then I take it.")
    # Frames of one conversation arrive in order, so the answer came here before this one.
    expect(elsewhere.locator(".toast__excerpt")).to_have_text("Then I take it.")
    assert elsewhere.evaluate("window.told") == ["Then I take it."]
    expect(elsewhere.locator(".toast__title")).to_have_text(shopper.name)
    elsewhere.click(".toast__link")
    expect(elsewhere.locator(".message__body").last).to_have_text("Then I take it.")
