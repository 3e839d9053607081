"""Links in a message: only the URL of a host that is clearly public becomes one."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils.html import escape
from hypothesis import given, settings
from hypothesis import strategies as st

from messaging.shield import addresses
from messaging.templatetags.message_text import linkify
from tests.hostile_links import HOSTILE, NOT_PLAIN, PLAIN
from tests.whole import some_of, tries

SCRIPT = Path(__file__).parents[2] / "static/js/messaging/thread/links.js"


class Drawn(HTMLParser):
    """The rendered text, the text as it was written, and its links: URL and text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.text, self.written, self.links = "", "", list[list[str]]()
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "a"
        self.links.append([str(dict(attrs)["href"]), ""])
        self.start = len(self.text)
        self.written += self.links[-1][0]

    def handle_endtag(self, tag: str) -> None:
        self.links[-1][1] = self.text[self.start :]

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.links and not self.links[-1][1]:
            return
        self.written += data


@pytest.mark.parametrize(("text", "shown"), PLAIN.items())
def test_a_plain_address_becomes_a_link(text: str, shown: str) -> None:
    ((address, drawn),) = Drawn(linkify(text)).links
    assert drawn == shown
    assert address in text


@pytest.mark.parametrize("text", NOT_PLAIN)
@pytest.mark.parametrize("around", some_of(["{}", "see {} now", "({})", "«{}»"], 2))
def test_what_is_not_plainly_an_address_stays_text(text: str, around: str) -> None:
    text = around.format(text)
    assert linkify(text) == escape(text)


@settings(deadline=None, max_examples=tries(1000))
@given(text=HOSTILE)
def test_a_link_shows_the_host_that_it_opens(text: str) -> None:
    for address, shown in Drawn(linkify(text)).links:
        assert address in text
        host = re.split(r"[:/?#]", address.partition("://")[2])[0].lower()
        assert re.fullmatch(r"([a-z0-9-]+\.)+[a-z]+", host)
        assert shown == host or (shown.startswith(host) and shown[len(host)] in ":/?#")
        assert len(shown) <= addresses.SHOWN_CHARACTERS


@settings(deadline=None, max_examples=tries(300))
@given(texts=st.lists(st.sampled_from([*PLAIN, *NOT_PLAIN, "and", "&", "<b>"]), max_size=6))
def test_no_word_around_links_is_lost(texts: list[str]) -> None:
    text = " ".join(texts)
    assert Drawn(linkify(text)).written == text


def test_the_browser_has_the_same_patterns() -> None:
    script = SCRIPT.read_text()
    for name in ("CANDIDATE", "ADDRESS"):
        pattern = re.search(rf"^const {name} =\s*/(.+)/g?;$", script, re.MULTILINE)
        assert pattern
        assert pattern[1] == getattr(addresses, name).pattern
    assert f'const TRAILING = "{addresses.TRAILING}";' in script
    assert f"const SHOWN_CHARACTERS = {addresses.SHOWN_CHARACTERS};" in script
    hosts = script.partition("NOT_PUBLIC = new Set(")[2].partition(");")[0]
    assert set(re.findall(r'"(\w+)"', hosts)) == addresses.NOT_PUBLIC
