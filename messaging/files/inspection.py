"""Find out what an upload is from its content, and what to keep of it."""

import re
import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from trato.errors import Refused
from trato.images.queue import Abandoned, Busy, Uploader
from trato.images.sanitize import photo
from trato.text import BIDI_CONTROLS, is_blank

from .models import NAME_MAX_CHARACTERS, SIDES, Kind
from .scanner import Scanner

HEAD_BYTES = 32
PDF_END_BYTES = 1024  # which contain the end mark, according to Adobe's PDF reference, appendix H
HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
RETRY_SECONDS = 5


@dataclass(frozen=True)
class Inspected:
    """The data to store: `contents` has the file, then its thumbnails, as in `SIDES`."""

    kind: Kind
    name: str
    extension: str
    contents: list[bytes]
    width: int = 0
    height: int = 0
    alt: str = ""
    picture_hash: int | None = None
    codes: str = ""

    @property
    def size(self) -> int:
        """The size of the file itself, in bytes."""
        return len(self.contents[0])


def inspect(upload: UploadedFile[bytes], uploader: Uploader) -> Inspected:
    """Return what to store of an upload: only the pixels of a picture, but a whole PDF.

    Raises:
        Refused: `invalid` with a sentence for the person, `too_long` if it is too large,
            `unavailable` if too many pictures are being decoded.
    """
    if not upload.size:
        raise Refused("invalid", _("The file is empty. Choose another one."))
    if upload.size > settings.FILE_MAX_BYTES:
        limit = settings.FILE_MAX_BYTES // 1024**2
        text = _("It is larger than %(limit)d MB. Choose a smaller file.")
        raise Refused("too_long", text % {"limit": limit})
    upload.seek(0)
    kind = kind_of(upload.read(HEAD_BYTES))
    if kind is None:
        text = _(
            "We can't send this kind of file. Choose a JPEG, PNG, WebP or GIF picture, or a PDF."
        )
        raise Refused("invalid", text)
    _scan(upload)
    upload.seek(0)
    if kind is Kind.PDF:
        return _pdf(upload)
    try:
        made = photo(upload, uploader, list(SIDES.values()))
    except ValidationError as error:
        raise Refused("invalid", error.message) from error
    except (Busy, Abandoned) as error:
        text = _("We're processing too many pictures. We'll try again in a moment.")
        raise Refused("unavailable", text, retry_after=RETRY_SECONDS) from error
    return Inspected(
        kind=Kind.IMAGE,
        name=file_name(upload.name, made.extension, _("Picture")),
        extension=made.extension,
        contents=[made.content, *made.thumbnails],
        width=made.width,
        height=made.height,
        picture_hash=made.hash,
        codes="\n".join(made.codes),
    )


def kind_of(head: bytes) -> Kind | None:
    """Return the kind of a file from its first bytes; None if such files can't be sent."""
    if head.startswith(b"%PDF-"):
        return Kind.PDF
    is_picture = (
        head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a"))
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or (head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS)
    )
    return Kind.IMAGE if is_picture else None


def file_name(given: str | None, extension: str, default: str) -> str:
    """Return a harmless name for a file: without folders, invisible characters or wrong extensions.

    Args:
        extension: the one that fits the content, which replaces the given one.
        default: the name if nothing visible is left.
    """
    # Browsers escape these characters in a name, and no others (multipart/form-data in HTML).
    named = (given or "").replace("%22", '"').replace("%0D", " ").replace("%0A", " ")
    base = re.split(r"[/\\]", named)[-1]
    kept = "".join(
        character
        for character in unicodedata.normalize("NFC", base)
        if character not in BIDI_CONTROLS and unicodedata.category(character)[0] != "C"
    )
    stem = kept.rpartition(".")[0] if "." in kept else kept
    stem = " ".join(stem.split()).strip(". ")
    ending = f".{extension}"
    stem = stem[: NAME_MAX_CHARACTERS - len(ending)].rstrip()
    return (default if is_blank(stem) else stem) + ending


def _pdf(upload: UploadedFile[bytes]) -> Inspected:
    """Keep a PDF as it is. It is never parsed, and browsers only get it as a download."""
    content = upload.read()
    if b"%%EOF" not in content[-PDF_END_BYTES:]:
        raise Refused("invalid", _("The PDF is damaged or incomplete. Choose another file."))
    name = file_name(upload.name, "pdf", _("Document"))
    return Inspected(kind=Kind.PDF, name=name, extension="pdf", contents=[content])


def _scan(upload: UploadedFile[bytes]) -> None:
    """Let the project's scanner check the upload, if there is one."""
    if not settings.FILE_SCANNER:
        return
    scanner: Scanner = import_string(settings.FILE_SCANNER)()
    upload.seek(0)
    try:
        is_harmless = scanner.is_harmless(upload)
    except OSError as error:
        text = _("We can't check files right now. We'll try again in a moment.")
        raise Refused("unavailable", text, retry_after=RETRY_SECONDS) from error
    if not is_harmless:
        raise Refused("invalid", _("This file may be harmful, so we don't send it."))
