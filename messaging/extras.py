"""What only some messages have: files.

Loaded for many messages at once, and without a query if none of them has any.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from trato.listed import listed

from .models import File, Message
from .records import Sent

Row = TypeVar("Row", Message, Sent)


def load(rows: Sequence[Row]) -> Sequence[Row]:
    """Add `shown_files` to messages that aren't hidden; return them.

    Args:
        rows: of any conversations.
    """
    with_files = [row for row in rows if row.attached and not row.is_hidden]
    if with_files:
        files = files_of(row.id for row in with_files)
        for row in with_files:
            row.shown_files = files[row.id]
    return rows


def files_of(message_ids: Iterable[int]) -> defaultdict[int, list[File]]:
    """Return files by message, also of hidden ones, which staff see."""
    files: defaultdict[int, list[File]] = defaultdict(list)
    for file in File.objects.filter(message__in=listed(message_ids)).order_by("position"):
        files[file.message_id or 0].append(file)
    return files
