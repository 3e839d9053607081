"""The traces of a text: its contacts, links and words in one spelling each, to find its copies."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from messaging.shield import detection
from messaging.shield.addresses import addresses, real
from messaging.shield.emails import AT, DOT
from messaging.shield.folding import Folded, fold
from messaging.shield.hosts import is_own
from messaging.shield.spelled import with_digits
from messaging.similar import texts

WORDS = "words"
NEAR = "near"  # bands of texts with nearly the same words
WORDS_MIN = 24  # letters; anybody may send a shorter text, such as "Is it still available?"
PHONE_DIGITS = 9  # compared from the end, because people often omit the country code
NOT_ALNUM = re.compile(r"[^a-z0-9]+")
SPELLED_AT, SPELLED_DOT = re.compile(AT), re.compile(DOT)
WEB = re.compile(r"^[a-z]{3,6}:/*")


@dataclass(frozen=True)
class Trace:
    """Something in a text by which copies of the text are found.

    Args:
        kind: as `shield.findings.Kind` names it, or `words` for the text as a whole, or `near`
            for what it has in common with nearly the same text.
        value: in one spelling, however the text writes it.
        written: as the text writes it.
    """

    kind: str
    value: str
    written: str

    @property
    def key(self) -> int:
        """A keyed hash that fits a BIGINT: without the site's secret, nobody can test a guess."""
        digest = salted_hmac("messaging.recall", f"{self.kind}:{self.value}", algorithm="sha256")
        return int.from_bytes(digest.digest()[:8], signed=True)


def traces_of(text: str) -> list[Trace]:
    """Return a text's contacts, links and words, each once, without links to the site itself."""
    unique: dict[tuple[str, str], Trace] = {}
    for one in _all(text):
        if one.value:
            unique.setdefault((one.kind, one.value), one)
    return list(unique.values())


def _all(text: str) -> Iterator[Trace]:
    view = fold(text)
    letters = texts.letters_of(view.text)
    if len(letters) >= WORDS_MIN:
        yield Trace(WORDS, letters, text)
    for band in texts.bands(letters):
        yield Trace(NEAR, band, text)
    for address in addresses(text):
        goes_to = real(address.written)
        if goes_to and not is_own(goes_to.host):
            yield Trace("link", _link(goes_to.address), address.written)
    for finding in detection.find(text):
        written = text[finding.start : finding.end]
        if finding.kind == "link" and any(one in written for one in ("://", "//")):
            continue  # it is one of the addresses above
        # Only the name of an app, such as "WhatsApp", identifies nobody.
        if finding.kind not in ("messenger", "payment") or re.search(r"[\d@/]", written):
            yield Trace(finding.kind, _value(finding.kind, fold(written)), written)


def _value(kind: str, view: Folded) -> str:
    text = view.text.strip()
    match kind:
        case "phone":
            digits = re.sub(r"\D", "", with_digits(view)[0].text)
            return digits[-PHONE_DIGITS:]
        case "email":
            return re.sub(r"\s", "", SPELLED_DOT.sub(".", SPELLED_AT.sub("@", text)))
        case "link":
            return _link(re.sub(r"\s", "", SPELLED_DOT.sub(".", text)))
    return NOT_ALNUM.sub("", text)


def _link(address: str) -> str:
    """Return only host and path: a campaign varies the query after them."""
    host, slash, path = WEB.sub("", address.lower()).partition("/")
    host = re.split(r"[:?#]", host, maxsplit=1)[0].removeprefix("www.").rstrip(".")
    path = re.split(r"[?#]", path, maxsplit=1)[0].rstrip("/")
    return f"{host}/{path}" if slash and path else host
