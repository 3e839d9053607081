"""Names of services drawn with other letters: `vvhatsapp`, `lnstagrarn`, `teleegram`.

One RE2 automaton finds them. The real name replaces each, so detectors need to know only names.
"""

from functools import cache
from typing import Any

import re2

from .folding import Folded

NAMES = (
    "whatsapp watsapp whatsap wasap guasap telegram instagram facebook messenger discord snapchat "
    "tiktok gmail hotmail outlook icloud yahoo paypal venmo revolut bizum zelle"
).split()
# The ways to draw a name's letters with others that look alike.
DRAWN = {
    "w": r"(?:w|vv|v v|uu|\\/\\/)", "m": "(?:m|rn|r n|nn)", "d": "(?:d|cl)", "l": "[li1!|]",
    "i": "[il1!|]", "o": "[o0]", "s": "[s5$z]", "a": "[a4@]", "e": "[e3]", "t": "[t7+]",
    "g": "[g69q]", "b": "[b86]",
}  # fmt: skip
_OPTIONS = re2.Options()
_OPTIONS.encoding = re2.Options.Encoding.LATIN1


def drawn(name: str) -> str:
    """Return a pattern for a name with look-alikes and doubled letters."""
    if name == "whatsapp":
        return drawn("whats") + "[ .-]?" + drawn("app")
    return "".join(f"{DRAWN.get(letter, letter)}{{1,2}}" for letter in name)


DRAWN_NAMES = "|".join(map(drawn, NAMES))


@cache
def _any() -> Any:
    return re2.compile(DRAWN_NAMES.encode(), _OPTIONS)


@cache
def _each() -> Any:
    return re2.compile("|".join(f"({drawn(name)})" for name in NAMES).encode(), _OPTIONS)


def undrawn(view: Folded) -> Folded:
    """Return a folded text in which service names replace words drawn like them."""
    text = view.text
    written = text.encode()
    if _any().search(written) is None:
        return view
    parts: list[str] = []
    starts: list[int] = []
    position = 0
    for match in _each().finditer(written):
        name = NAMES[match.lastindex - 1]
        start, end = match.span()
        if text[start:end] == name:
            continue
        parts += [text[position:start], name]
        starts += view.starts[position:start]
        # Each letter of the name gets a place in the drawn word; the last one ends where that ends.
        own = view.starts[start:end]
        starts += [own[min(number, len(own) - 1)] for number in range(len(name))]
        position = end
    if not parts:
        return view
    return Folded("".join([*parts, text[position:]]), [*starts, *view.starts[position:]])
