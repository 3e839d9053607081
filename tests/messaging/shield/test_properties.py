"""Properties for any text: no exception, offsets inside it, the same result in any case."""

import sys
import unicodedata
import uuid
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from messaging.shield.detection import find
from messaging.shield.examination import examine
from messaging.shield.folding import fold
from messaging.shield.masking import MASK, mask
from messaging.shield.scams import warnings
from tests.whole import tries

PIECES = st.sampled_from(
    [
        "612 345 678", "+34", "six", "uno", "double", "arroba", "punto", "com", "@", ".", "/",
        "http://", "bit.ly/", "wasap", "telegram", "bizum", "ES91", "2100 0418 4502 0005 1332", "€",
        "12/05/2024", "1.250,00", "x", "'", "(", "[", "at", "dot", "gmail", "www.", "é", "６", "ａ",
        "\u200b", "\u0301", "😀", "6️⃣", "🄰", "ﬁ", "ß", "İ", "\n", "#", "$ana", "code", "send me",
        "courier", "link", "label", "login", "QR", "receive", "ǆ", "\U0001d7d9", "٦", "|", "=",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=30).map("".join),
    st.lists(PIECES, max_size=30).map(" ".join),
)  # fmt: skip


@settings(max_examples=tries(300), deadline=None)
@given(TEXTS)
@example("\ud800 612345678")
@example("http://[")
@example("@")
def test_findings_lie_in_the_text_and_apart(text: str) -> None:
    findings = find(text)
    ends = [0]
    for finding in findings:
        assert ends[-1] <= finding.start < finding.end <= len(text)
        ends.append(finding.end)
    masked = mask(text, findings)
    assert masked.count(MASK) - text.count(MASK) <= len(findings)
    warnings(text)
    examine(text)


@settings(max_examples=tries(200), deadline=None)
@given(TEXTS)
def test_a_folded_text_knows_its_way_back(text: str) -> None:
    view = fold(text)
    assert view.text.isascii()
    assert len(view.starts) == len(view.text) + 1
    assert view.starts == sorted(view.starts)
    for number in range(len(view.text)):
        start, end = view.span(number, number + 1)
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize(
    "change",
    [str.upper, str.lower, str.swapcase, lambda text: unicodedata.normalize("NFKC", text),
     lambda text: unicodedata.normalize("NFD", text)],
    ids=["upper", "lower", "swapped", "NFKC", "NFD"],
)  # fmt: skip
def test_findings_do_not_depend_on_case_or_form(
    contacts: list[dict[str, Any]], change: Any
) -> None:
    for line in contacts:
        text = line["text"]
        expected = [(one.kind, one.rule) for one in find(text)]
        assert [(one.kind, one.rule) for one in find(change(text))] == expected, text


@pytest.mark.parametrize(
    "piece",
    ["6", "6 ", "a.", "a@", "@", "http://", "a punto ", "uno ", "(at) ", "ES91 ", "www.", "a b ",
     "1.1.", "double ", "whatsapp ", "x@y.", "6-", "$a", "code ", "+", "a_", "....", "//", "l0",
     "vv", "tele gram ", "612 punto ", "a . c o ", "insta a dash ", "123, 28009 "],
)  # fmt: skip
def test_work_grows_with_the_length_only(piece: str) -> None:
    """Count function calls for a text, and for one twice as long."""
    looks = {"short": 0, "long": 0}
    for name, length in (("short", 1500), ("long", 3000)):
        text = (piece * length)[:length]
        looks[name] = calls(text)
    assert looks["long"] <= 2.5 * looks["short"] + 2000


def calls(text: str) -> int:
    """Return how many calls of Python and built-in functions it takes to search a text."""
    count = 0

    def profile(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        find(text)
        warnings(text)
    finally:
        sys.setprofile(None)
    return count


@given(st.uuids())
@example(uuid.UUID("34b746b3-32ff-438d-9f69-a642ad9b4552"))
@example(uuid.UUID("6bb619f8-ad37-4346-9814-9589ff41712b"))
def test_a_uuid_is_no_contact(number: uuid.UUID) -> None:
    assert find(f"My order is {number}. Is it still available?") == []
