"""The JSON of exports: what a ZIP contains, and how clients see exports in the background."""

from datetime import datetime
from typing import Self

from msgspec import Struct

from messaging.frames import FileItem, MessageItem
from messaging.models import File
from messaging.records import Sent

from .names import name_in_archive

VERSION = 1  # of `conversation.json`


class ExportedFile(FileItem):
    """A file, and where it is in the ZIP."""

    path: str

    @classmethod
    def of_message(cls, row: File, sequence: int) -> Self:
        path = name_in_archive(sequence, row.position, row.name, row.extension)
        return cls(row.pk, row.kind, row.name, row.size, row.width, row.height, row.alt, path)


class ExportedMessage(MessageItem, kw_only=True):
    """A message as in the protocol; each of its files has a `path` too."""

    @classmethod
    def of(cls, sent: Sent) -> Self:
        item = super().of(sent)
        files = [ExportedFile.of_message(file, sent.sequence) for file in sent.shown_files]
        item.files = files
        item.warnings = item.links = ()  # shown beside a message, but not part of it
        return item


class ExportedConversation(Struct, kw_only=True):
    """The beginning of `conversation.json`; `messages` and `staff_messages` follow.

    `blocked`: the person's own side has blocked the other one.
    """

    version: int
    site: str
    conversation: int
    side: str
    counterpart: str
    product: str
    created_at: datetime
    exported_at: datetime
    revision: int
    ended: bool
    blocked: bool


class ExportItem(Struct, kw_only=True):
    """An export in the background; `url` is empty unless it is ready."""

    id: int
    state: str
    size: int
    expires_at: datetime | None
    url: str


class ExportList(Struct, tag="exports"):
    """A person's exports of a conversation that are prepared in the background."""

    conversation: int
    exports: list[ExportItem]


class DataExports(Struct, tag="data_exports"):
    """The export of all of a person's data, if there is one."""

    exports: list[ExportItem]
