"""The contents of an export: everything that one side sees of the conversation, nothing else.

It has no notes, nothing else that only the shop's team sees, and no earlier texts. Of a removed or
withdrawn message it shows only that there was one.
"""

import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import IO

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from messaging import message_extras
from messaging.frames import StaffMessageItem
from messaging.models import Conversation, Message, Side, StaffMessage
from messaging.queries import messages_of_staff
from messaging.records import Sent
from trato.clock import database_now
from trato.realtime.frames import encode

from .frames import VERSION, ExportedConversation, ExportedFile, ExportedMessage

PAGE_SIZE = 200  # messages in memory at a time
IN_MEMORY_BYTES = 1024**2  # of the page and of the JSON each; longer ones go to disk
TEMPLATES = "messaging/exports/"

# A message, its time if it is the first one of its day, and its files.
Shown = tuple[Message | StaffMessage, datetime | None, Sequence[ExportedFile]]


@dataclass
class Contents:
    """An export before it is a ZIP.

    Args:
        files: (path in the ZIP, name in the storage, when it was sent).
        zone: the time zone of the ZIP's timestamps. The request's zone is no longer set when the
            ZIP is streamed.
    """

    conversation: Conversation
    exported_at: datetime
    page: IO[bytes]
    json: IO[bytes]
    zone: tzinfo
    files: list[tuple[str, str, datetime]] = field(default_factory=list)

    def close(self) -> None:
        self.page.close()
        self.json.close()


def collect(
    conversation: Conversation, side: Side, after_page: Callable[[], object] = lambda: None
) -> Contents:
    """Read a conversation as a side sees it, in the current language and time zone.

    Args:
        conversation: read *before* its messages, so that every message up to its `last_sequence` is
            there, and a later change has a higher revision.
        after_page: called after each `PAGE_SIZE` messages; an exception from it ends the work.
    """
    page = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 – `Contents` closes it
    json = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115
    zone = timezone.get_current_timezone()
    contents = Contents(conversation, database_now(), page, json, zone)
    try:
        _write(contents, side, after_page)
    except BaseException:
        contents.close()
        raise
    page.seek(0)
    json.seek(0)
    return contents


def _write(contents: Contents, side: Side, after_page: Callable[[], object]) -> None:
    conversation, page, json = contents.conversation, contents.page, contents.json
    context = {
        "conversation": conversation,
        "side": side,
        "counterpart": conversation.counterpart_of(side),
        "exported_at": contents.exported_at,
        "time_zone": timezone.get_current_timezone_name(),
        "site": settings.SITE_NAME,
    }
    page.write(render_to_string(f"{TEMPLATES}page_head.html", context).encode())
    head = ExportedConversation(
        version=VERSION,
        site=settings.SITE_NAME,
        conversation=conversation.pk,
        side=side,
        counterpart=conversation.counterpart_of(side),
        product=conversation.product_title,
        created_at=conversation.created_at,
        exported_at=contents.exported_at,
        revision=conversation.revision,
        ended=conversation.ended_at is not None,
        blocked=conversation.is_blocked_by(side),
    )
    json.write(encode(head).encode().removesuffix(b"}") + b',"messages":[')
    from_staff = messages_of_staff(conversation)
    waiting = deque(from_staff)
    before: date | None = None
    for number, rows in enumerate(_pages(conversation)):
        shown: list[Shown] = []
        json.write(b",\n" if number else b"\n")
        json.write(b",\n".join(encode(_item(row)).encode() for row in message_extras.load(rows)))
        for row in rows:
            while waiting and waiting[0].created_at < row.created_at:
                before = _show(shown, waiting.popleft(), before)
            files = [ExportedFile.of_message(file, row.sequence) for file in row.shown_files]
            before = _show(shown, row, before, files)
            for file, exported in zip(row.shown_files, files, strict=True):
                contents.files.append((exported.path, file.stored_name(), row.created_at))
        text = render_to_string(f"{TEMPLATES}page_messages.html", {**context, "rows": shown})
        page.write(text.encode())
        after_page()
    rest: list[Shown] = []
    for one in waiting:
        before = _show(rest, one, before)
    text = render_to_string(f"{TEMPLATES}page_messages.html", {**context, "rows": rest})
    page.write(text.encode())
    items = b",\n".join(encode(StaffMessageItem.of(row)).encode() for row in from_staff)
    json.write(b'\n],"staff_messages":[' + items + b"]}\n")
    page.write(render_to_string(f"{TEMPLATES}page_foot.html", context).encode())


def _show(
    shown: list[Shown],
    row: Message | StaffMessage,
    before: date | None,
    files: Sequence[ExportedFile] = (),
) -> date:
    """Add a row to the page, with its day unless the row before has the same; return its day."""
    day = timezone.localdate(row.created_at)
    shown.append((row, row.created_at if day != before else None, files))
    return day


def _item(row: Message) -> ExportedMessage:
    sent = Sent.of(row)
    sent.shown_files, sent.quoted, sent.reactions = row.shown_files, row.quoted, row.reactions
    return ExportedMessage.of(sent)


def _pages(conversation: Conversation) -> Iterator[Sequence[Message]]:
    """Yield a conversation's messages in pages, from the first up to its `last_sequence`."""
    last = 0
    messages = conversation.messages.filter(sequence__lte=conversation.last_sequence)
    messages = messages.select_related("sender").order_by("sequence")
    while rows := list(messages.filter(sequence__gt=last)[:PAGE_SIZE]):
        for row in rows:
            row.conversation = conversation  # otherwise each one would load it again
        yield rows
        last = rows[-1].sequence
