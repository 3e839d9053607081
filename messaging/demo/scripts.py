"""Reads the demo's conversations, which are plain text.

A conversation is a block of lines. `>` begins a message by the shopper, `<` one by the shop; a line
without a mark continues the message above it. `+3d` is a pause of three days. `{Friday|Tuesday}` is
a choice: the script is used once with each, so that conversations don't repeat each other. `{name}`
is the shopper's first name and `{me}` that of the person who answers.

In `scripts/<language>/`, `# bowl plate` names the products that the blocks below it fit, and `= …`
those of a single block. They are labels that `manage.py demo` gives to products.

In `today/`, which has what is waiting in the demo seller's inbox, blocks are like those of
`scripts/`, without choices. What the team does with a conversation follows the message before it:
`& 1 text` is a note by its second member, `~ 2` snoozes it for two days for the first one, and `^ 2
text` is a message to be sent in two days.

In `showcases/`, each file is one conversation. `@ product: …`, `@ shopper: …`, `@ ended: …` (in
waking minutes before now), `@ price: …` (when asked, in minor units), `@ unread: yes` and
`@ settled: yes` describe it. `! reason | words | outcome | why` reports the message above it, and
`x why` removes it. `% photo name | description` and `% pdf name` attach a file to it, `% quote 3`
lets it quote the third one, `% edited earlier text` and `% withdrawn` change it, and `% shopper 🙏`
or `% shop 👍` is a reaction.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent
CHOICE = re.compile(r"\{([^{}]*\|[^{}]*)\}")


@dataclass
class Line:
    """One message of a script.

    Args:
        days: how many days pass before it.
        report: reason and text; once staff have decided, also outcome and why.
        removal: why staff removed it.
        notes: numbers of the team's members, and what they noted after the message.
        snoozed_days: for how long the team's first member snoozed the conversation afterwards.
        later: in how many days the shop sends another message, and its text.
        files: kind, and name with description, of each.
        quote: the number of the message that it quotes.
        earlier: the text that an edit has replaced.
        reactions: whether they are the shopper's, and which.
    """

    is_shoppers: bool
    text: str
    days: int = 0
    report: list[str] = field(default_factory=list)
    removal: str = ""
    notes: list[tuple[int, str]] = field(default_factory=list)
    snoozed_days: int = 0
    later: tuple[int, str] | None = None
    files: list[tuple[str, list[str]]] = field(default_factory=list)
    quote: int | None = None
    earlier: str = ""
    is_withdrawn: bool = False
    reactions: list[tuple[bool, str]] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """The number of changes to the message after it was sent."""
        return bool(self.removal) + bool(self.earlier) + self.is_withdrawn + len(self.reactions)


@dataclass
class Script:
    """A conversation for anybody. `about` has the labels of products that it fits."""

    about: set[str]
    lines: list[Line]

    @property
    def tellings(self) -> int:
        """The number of times the script can be used before its text repeats."""
        choices = [one.count("|") + 1 for line in self.lines for one in CHOICE.findall(line.text)]
        return max(choices, default=1)

    def told(self, turn: int, **names: str) -> list[Line]:
        """Return the lines for the first use (`turn` 0), the second, and so on."""

        def chosen(match: re.Match[str]) -> str:
            options = match[1].split("|")
            return options[turn % len(options)]

        return [
            Line(line.is_shoppers, CHOICE.sub(chosen, line.text).format(**names), line.days)
            for line in self.lines
        ]


@dataclass
class Showcase:
    """A conversation that shows a feature. `facts` are its lines with `@`."""

    facts: dict[str, str]
    lines: list[Line]


def scripts(language: str) -> list[Script]:
    """Return all scripts of a language, in a stable order."""
    return _scripts(sorted((FOLDER / "scripts" / language).glob("*.txt")))


def today(language: str) -> list[Script]:
    """Return the conversations that are waiting for the demo's seller, each about one product."""
    collected: list[Script] = []
    about: set[str] = set()
    for script in _scripts([FOLDER / "today" / f"{language}.txt"]):
        about = script.about or about
        collected.append(Script(about, script.lines))
    return collected


def _scripts(paths: list[Path]) -> list[Script]:
    collected: list[Script] = []
    for path in paths:
        about: set[str] = set()
        for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
            rows = block.split("\n")
            if rows[0].startswith("# "):
                about = set(rows.pop(0)[2:].split())
            own = set(rows.pop(0)[2:].split()) if rows[0].startswith("= ") else about
            collected.append(Script(own, _lines(rows)))
    return collected


def showcases() -> list[Showcase]:
    """Return all showcases, in a stable order."""
    cases: list[Showcase] = []
    for path in sorted((FOLDER / "showcases").glob("*.txt")):
        rows = path.read_text(encoding="utf-8").strip().split("\n")
        facts = dict(row[2:].split(": ", 1) for row in rows if row.startswith("@ "))
        cases.append(Showcase(facts, _lines([row for row in rows if not row.startswith("@ ")])))
    return cases


def _lines(rows: list[str]) -> list[Line]:
    lines: list[Line] = []
    days = 0
    for row in rows:
        match row[:1]:
            case ">" | "<":
                lines.append(Line(row[0] == ">", row[2:], days))
                days = 0
            case "+":
                days = int(row[1:-1])
            case "!":
                lines[-1].report = row[2:].split(" | ")
            case "x":
                lines[-1].removal = row[2:]
            case "&":
                member, text = row[2:].split(" ", 1)
                lines[-1].notes.append((int(member), text))
            case "~":
                lines[-1].snoozed_days = int(row[2:])
            case "%":
                _add(lines[-1], *row[2:].partition(" ")[::2])
            case "^":
                after, text = row[2:].split(" ", 1)
                lines[-1].later = int(after), text
            case _:
                lines[-1].text += "\n" + row
    return lines


def _add(line: Line, what: str, words: str) -> None:
    """Add to a line what became of it, see above."""
    match what:
        case "photo" | "pdf":
            line.files.append((what, words.split(" | ")))
        case "quote":
            line.quote = int(words)
        case "edited":
            line.earlier = words
        case "withdrawn":
            line.is_withdrawn = True
        case "shopper" | "shop":
            line.reactions.append((what == "shopper", words))
        case _:
            raise ValueError(f"What is {what!r}?")
