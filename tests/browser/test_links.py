"""The browser renders a message's links like the server, and shows the host they open."""

import re
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.factories import MessageFactory
from messaging.models import Conversation
from messaging.templatetags.message_text import linkify
from tests.browser.acts import open_thread
from tests.hostile_links import HOSTILE, NOT_PLAIN, PLAIN
from tests.whole import only_whole, tries

DRAW = """async (texts) => {
  const { linkify } = await import("trato/links");
  return texts.map((text) => {
    const body = document.createElement("p");
    body.append(linkify(text));
    const links = [...body.querySelectorAll("a")].map((link) => [link.hostname, link.textContent]);
    return [body.innerHTML, body.textContent, links];
  });
}"""
# The server's output, parsed by the browser's own HTML parser.
READ = """(markups) => markups.map((markup) => {
  const body = new DOMParser().parseFromString(`<p>${markup}</p>`, "text/html").querySelector("p");
  return [body.innerHTML, body.textContent];
})"""


def assert_drawn_alike(page: Page, texts: list[str]) -> int:
    links = 0
    drawn = page.evaluate(DRAW, texts)
    read = page.evaluate(READ, [str(linkify(text)) for text in texts])
    for text, by_browser, by_server in zip(texts, drawn, read, strict=True):
        assert by_browser[:2] == by_server, repr(text)
        for host, shown in by_browser[2]:
            links += 1
            assert re.match(rf"{re.escape(host)}(?=[:/?#]|$)", shown), repr(text)
    return links


def test_the_browser_and_the_server_draw_the_same_links(
    person: Callable[..., Page], shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    plain = list(PLAIN)
    assert assert_drawn_alike(page, plain) == len(plain)
    assert assert_drawn_alike(page, NOT_PLAIN) == 0
    tried = 0

    @settings(
        deadline=None,
        max_examples=tries(150),
        suppress_health_check=[HealthCheck.data_too_large],
    )
    @given(texts=st.lists(HOSTILE.map(shown_whole), min_size=20, max_size=40))
    def compare(texts: list[str]) -> None:
        nonlocal tried
        tried += len(texts)
        assert_drawn_alike(page, texts)

    compare()
    assert tried > tries(2000)


def shown_whole(text: str) -> str:
    """Leave out characters that a message can't contain and an HTML parser would change."""
    return re.sub(r"[\x00\r\ud800-\udfff]", "", text)


@only_whole
def test_no_control_of_direction_turns_a_links_text_around(
    person: Callable[..., Page], shopper: User, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation, body="\u202ehttps://moc.example.com/x and more")
    page = person(shopper)
    open_thread(page, conversation)
    link = page.locator(".message__body a")
    expect(link).to_have_text("moc.example.com/x")
    first, last = page.evaluate(PLACES)
    assert first < last


PLACES: Any = """() => {
  const text = document.querySelector(".message__body a").firstChild;
  return [0, text.length - 1].map((at) => {
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return range.getBoundingClientRect().left;
  });
}"""
