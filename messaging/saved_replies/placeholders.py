"""Parse and fill the variables in a saved reply's text, such as `{{ shopper }}`.

`filling` finds the values for a conversation. A text is split once. Values are never parsed, so a
product called "{{ me }}" keeps its name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NAMES = ("shopper", "product", "price", "stock", "shop", "me")
OPEN, CLOSE = "{{", "}}"
SHOWN = 40  # characters of an unknown variable that the error shows


@dataclass(frozen=True)
class Variable:
    """A place in a text that gets a value; `name` is one of `NAMES`."""

    name: str

    def __str__(self) -> str:
        return f"{OPEN} {self.name} {CLOSE}"


Part = str | Variable


def parse(text: str) -> list[Part]:
    """Split a text into plain text and variables, in a single pass.

    Raises:
        ValidationError: a variable is unknown, or braces don't match. The message names the line.
    """
    parts: list[Part] = []
    position = 0
    while (start := text.find(OPEN, position)) >= 0:
        _require_no_end(text, position, start)
        end = text.find(CLOSE, start)
        again = text.find(OPEN, start + len(OPEN), end if end >= 0 else len(text))
        if end < 0 or again >= 0:
            raise _error(
                _("Line %(line)s: “{{” is not closed. A variable looks like {{ shopper }}."),
                "unclosed", text, start,
            )  # fmt: skip
        name = text[start + len(OPEN) : end].strip()
        if name not in NAMES:
            raise _error(
                _("Line %(line)s: there is no variable “%(name)s”. There are: %(names)s."),
                "unknown", text, start, name=_shortened(name), names=", ".join(NAMES),
            )  # fmt: skip
        parts += [text[position:start], Variable(name)]
        position = end + len(CLOSE)
    _require_no_end(text, position, len(text))
    return [part for part in (*parts, text[position:]) if part != ""]


def fill(parts: Iterable[Part], values: Mapping[str, str]) -> str:
    """Return a text with its variables replaced by their values."""
    return "".join(values[part.name] if isinstance(part, Variable) else part for part in parts)


def names_in(parts: Iterable[Part]) -> list[str]:
    """Return the names of a text's variables, each once, in the order of the text."""
    return list(dict.fromkeys(part.name for part in parts if isinstance(part, Variable)))


def _require_no_end(text: str, start: int, end: int) -> None:
    place = text.find(CLOSE, start, end)
    if place >= 0:
        raise _error(
            _("Line %(line)s: “}}” closes nothing. A variable looks like {{ shopper }}."),
            "unopened", text, place,
        )  # fmt: skip


def _shortened(name: str) -> str:
    return name if len(name) <= SHOWN else f"{name[: SHOWN - 1]}…"


def _error(words: object, code: str, text: str, place: int, **values: str) -> ValidationError:
    line = text.count("\n", 0, place) + 1
    return ValidationError(words, code=code, params={"line": line, **values})  # type: ignore[arg-type]  # lazy
