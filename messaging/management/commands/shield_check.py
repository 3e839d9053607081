"""`manage.py shield_check FILE`: what the contact shield and the scam warnings find in texts."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from messaging.rules.first_rules import action_on
from messaging.shield.detection import find
from messaging.shield.quality import Score, speed
from messaging.shield.scams import warnings


class Command(BaseCommand):
    help = (
        "Read JSON lines with `text`, `language` and `side`; print the same with `findings` and "
        "`warnings`. If lines have `expected` kinds, print recall and false alarms to stderr."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", help="a file of JSON lines, or - for standard input")
        parser.add_argument(
            "--time", action="store_true", help="print microseconds per text to stderr"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        lines = _lines(options["file"])
        score = Score()
        texts = []
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            row = _row(line, number)
            text, language, side = row["text"], row.get("language"), row.get("side")
            findings = find(text, language, side)
            row["findings"] = [
                {
                    "kind": one.kind,
                    "start": one.start,
                    "end": one.end,
                    "action": action_on(one.kind),
                }
                for one in findings
            ]
            row["warnings"] = [{"kind": one.kind} for one in warnings(text, language)]
            self.stdout.write(json.dumps(row, ensure_ascii=False))
            texts.append(text)
            if "expected" in row:
                score.count(
                    set(row["expected"]),
                    {one["kind"] for one in (*row["findings"], *row["warnings"])},
                )
        if score.lines:
            self.stderr.write(str(score))
        if options["time"] and texts:
            self.stderr.write(speed(texts))


def _lines(name: str) -> list[str]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name} can't be read: {error}") from error
    return text.split("\n")  # not `splitlines()`: JSON may contain Unicode's other line breaks


def _row(line: str, number: int) -> dict[str, Any]:
    """Parse the object in a line.

    Raises:
        CommandError: the line isn't a valid object; the error gives the line number.
    """
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise CommandError(f"Line {number} is no JSON: {error}") from error
    if not isinstance(row, dict):
        raise CommandError(f"Line {number} is no JSON object.")
    if not isinstance(row.get("text"), str):
        raise CommandError(f"Line {number} has no `text`, or it is no string.")
    for name in ("language", "side"):
        if not isinstance(row.get(name), str | None):
            raise CommandError(f"Line {number}: `{name}` is no string.")
    expected = row.get("expected", [])
    if not isinstance(expected, list) or not all(isinstance(kind, str) for kind in expected):
        raise CommandError(f"Line {number}: `expected` is no list of kinds.")
    return row
