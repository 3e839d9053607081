"""Files in the demo's messages: photos as an upload would store them, and forms as PDFs."""

import io
import uuid
from collections.abc import Iterable, Iterator, Mapping

from django.core.files.base import ContentFile

from messaging.demo.rows import Talk
from messaging.files.models import SIDES, Kind, storage
from messaging.files.sending import attached_of
from messaging.models import File, Message


def store_files(talks: Iterable[Talk], photos: Mapping[str, bytes]) -> None:
    """Attach the scripts' files to their messages.

    Args:
        talks: stored, see `rows.store`.
        photos: JPEGs, by the names in the scripts.
    """
    rows: list[File] = []
    changed: list[Message] = []
    for talk in talks:
        for line, message in zip(talk.lines, talk.messages, strict=True):
            own = [
                _store(message, position, kind, words, photos)
                for position, (kind, words) in enumerate(line.files)
            ]
            if own:
                message.attached = attached_of(own)
                changed.append(message)
                rows += own
    File.objects.bulk_create(rows)
    Message.objects.bulk_update(changed, ["attached"])


def _store(
    message: Message, position: int, kind: str, words: list[str], photos: Mapping[str, bytes]
) -> File:
    row = File(
        conversation=message.conversation,
        owner_id=message.sender_id,
        client_id=uuid.uuid4(),
        message=message,
        position=position,
        name=f"{words[0]}.pdf",
        kind=Kind.PDF,
        extension="pdf",
        is_ready=True,
        held_at=message.created_at,
    )
    contents = [form(words[0])]
    if kind == "photo":
        row.kind, row.extension, row.name = Kind.IMAGE, "jpg", f"{words[0]}.jpg"
        row.alt, contents = words[1], [photos[words[0]], *_thumbnails(photos[words[0]])]
        row.width = row.height = _side(contents[0])
    row.size = len(contents[0])
    for name, content in zip(row.stored_names(), contents, strict=True):
        storage().save(name, ContentFile(content))
    return row


def _side(photo: bytes) -> int:
    from PIL import Image  # slow to import, and the command is imported for its help, too

    with Image.open(io.BytesIO(photo)) as picture:
        return picture.width  # the demo's are square


def _thumbnails(photo: bytes) -> Iterator[bytes]:
    from PIL import Image

    for side in SIDES.values():
        with Image.open(io.BytesIO(photo)) as picture:
            picture.thumbnail((side, side), Image.Resampling.LANCZOS)
            buffer = io.BytesIO()
            picture.save(buffer, "JPEG", quality=85)
        yield buffer.getvalue()


def form(title: str) -> bytes:
    """Return a PDF of one page: a title, and lines to fill in."""
    text = f"BT /F1 22 Tf 60 770 Td ({title}) Tj ET"
    lines = "".join(
        f" BT /F1 11 Tf 60 {y} Td ({label}) Tj ET 60 {y - 8} m 535 {y - 8} l S"
        for label, y in (("Name", 710), ("Date", 660), ("What happened", 610), ("Signature", 500))
    )
    page = f"{text} 0.6 w{lines}"
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        "/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(page)}>>stream\n{page}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    content, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(content))
        content += f"{number} 0 obj{part}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(parts) + 1
    return (
        f"{content}xref\n0 {size}\n0000000000 65535 f \n{table}"
        f"trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(content)}\n%%EOF\n"
    ).encode("ascii")
