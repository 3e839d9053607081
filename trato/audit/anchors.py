"""Anchors: the end of the chain at some time, as a line to store elsewhere.

Somebody might delete entries from the end of the trail, or steal the keys and write another trail.
An anchor on another machine reveals both.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from .rows import Row


@dataclass(frozen=True)
class Anchor:
    """The last link of the chain at some time.

    Args:
        entries: how many entries there were, which is the last entry's position.
        entry: the ID of the last entry.
        chain: its link, in hexadecimal.
        at: when the anchor was made, in ISO 8601.
    """

    entries: int
    entry: int
    chain: str
    at: str

    def line(self) -> str:
        return json.dumps(asdict(self))


def anchor_of(row: Row) -> Anchor:
    """Return the anchor for a trail that ends with this entry."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Anchor(row.place, row.pk, bytes(row.chain or b"").hex(), now)


def read(lines: Iterable[str]) -> Iterator[Anchor]:
    """Read anchors, one per line.

    Raises:
        ValueError: a line is not an anchor; the message has its number.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            anchor = Anchor(**json.loads(line))
            bytes.fromhex(anchor.chain)
            if not isinstance(anchor.entries, int):
                raise TypeError(anchor.entries)
        except (TypeError, ValueError) as error:
            raise ValueError(f"line {number} is not an anchor") from error
        yield anchor
