"""Untrusted pictures: judge them by their content, and re-encode them without metadata.

Nothing in an upload is kept as is. `decoder` decodes and re-encodes its pixels, so neither the
place where a photo was taken nor a second file hidden behind it survives. It runs in a separate
process that the operating system limits.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from trato.text import BIDI_CONTROLS, has_control_characters

from .queue import LOOK_SECONDS, Abandoned, Busy, Uploader, queue

MAX_SIDE = 2000  # pixels; larger pictures are scaled down
DECODER = Path(__file__).with_name("decoder.py")


class Picture(ContentFile[bytes]):
    """A sanitized picture. Actions store no other kind."""


class Photo(NamedTuple):
    """A still picture with its thumbnails, as `photo` returns it.

    `extension` is jpg or webp; `hash` has 64 bits, see `decoder`, or is None if there are no edges.
    `codes` are the texts of QR codes in the picture, one line each.
    """

    extension: str
    width: int
    height: int
    content: bytes
    thumbnails: list[bytes]
    hash: int | None
    codes: list[str]


def sanitize_all(
    uploads: Sequence[UploadedFile[bytes]], uploader: Uploader, *, square: int = 0
) -> list[Picture | ValidationError]:
    """Sanitize somebody's uploads when it is their turn.

    Args:
        square: crop the pictures to squares of this many pixels; 0 to keep them whole.

    Returns:
        For each upload, the picture or an error message for the person.

    Raises:
        Busy: too many other pictures are being decoded; try again later.
        Abandoned: the uploader has disconnected.
    """
    made: list[Picture | ValidationError] = []
    with queue.turn(uploader):
        for upload in uploads:
            try:
                made.append(sanitize(upload, uploader, square=square))
            except ValidationError as error:
                made.append(error)
    return made


def sanitize(
    upload: UploadedFile[bytes], uploader: Uploader | None = None, *, square: int = 0
) -> Picture:
    """Return a safe version of an upload: upright, sRGB, at most 2000 pixels wide and high.

    Opaque pictures become JPEG, transparent ones WebP, under a random name.

    Args:
        square: crop the picture to a square of this many pixels; 0 to keep it whole.

    Raises:
        ValidationError: with a message for the person, which names the file.
        Busy: the machine is too busy.
        Abandoned: the uploader has disconnected.
    """
    _check_file(upload)
    with _naming(upload.name or ""):
        answer, content = _decode(upload, uploader, square=square)
        if "format" in answer:
            return Picture(content, name=f"{uuid.uuid4()}.{answer['format']}")
        raise _refusal(answer["error"])


def photo(upload: UploadedFile[bytes], uploader: Uploader, sides: Sequence[int]) -> Photo:
    """Wait for a turn, and return a safe version of a photo, GIF or, with the extra `heic`, HEIC.

    Args:
        upload: not larger than `IMAGE_MAX_BYTES`.
        sides: the thumbnails fit into squares with these sides (pixels), the largest first.

    Raises:
        ValidationError: with a message for the person; animations are refused too.
        Busy: too many other pictures are being decoded; try again later.
        Abandoned: the uploader has disconnected.
    """
    with queue.turn(uploader):
        answer, content = _decode(
            upload,
            uploader,
            still=True,
            thumbnails=list(sides),
            codes=settings.IMAGE_CODES_MAX,
        )
    if "error" in answer:
        raise _refusal(answer["error"])
    ends = accumulate(answer["bytes"], initial=0)
    whole, *thumbnails = (content[start:end] for start, end in pairwise(ends))
    codes = [code for text in answer["codes"] if (code := _line(text))]
    size = answer["width"], answer["height"]
    return Photo(answer["format"], *size, whole, thumbnails, answer["hash"], codes)


def _line(text: str) -> str:
    """Return the beginning of a code's text as one line without invisible characters."""
    kept = "".join(
        " " if character.isspace() else character
        for character in text[: settings.IMAGE_CODE_MAX_CHARACTERS]
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )
    return " ".join(kept.split())


def _check_file(upload: UploadedFile[bytes]) -> None:
    """Check what can be checked without opening the file."""
    name = upload.name or ""
    if has_control_characters(name) or any(character in BIDI_CONTROLS for character in name):
        raise ValidationError(
            _("A file's name contains invisible characters. Rename the file and choose it again."),
            code="file_name",
        )
    with _naming(name):
        if (upload.size or 0) > settings.IMAGE_MAX_BYTES:
            raise ValidationError(
                _("It is larger than %(limit)d MB. Choose a smaller file.")
                % {"limit": settings.IMAGE_MAX_BYTES // 1024**2},
                code="too_large",
            )


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Put the file's name before the error, since people choose several files at once."""
    try:
        yield
    except ValidationError as error:
        raise ValidationError(f"{name}: {error.message}", code=error.code) from error


def _decode(
    upload: UploadedFile[bytes], uploader: Uploader | None, **wanted: Any
) -> tuple[dict[str, Any], bytes]:
    """Return the decoder's answer, and the new pictures if there are any."""
    limits = {
        "memory": settings.IMAGE_DECODER_MAX_BYTES,
        "seconds": settings.IMAGE_DECODER_MAX_CPU_SECONDS,
        "bytes": settings.IMAGE_MAX_BYTES,
        "pixels": settings.IMAGE_MAX_PIXELS,
        "side": settings.IMAGE_MAX_SIDE,
        "new_side": MAX_SIDE,
        **wanted,
    }
    command = [sys.executable, "-I", str(DECODER), json.dumps(limits)]
    # Not through a pipe: after the first timeout, `communicate` stops writing its input (3.11).
    with tempfile.TemporaryFile() as source:
        upload.seek(0)
        shutil.copyfileobj(upload, source)
        source.seek(0)
        # An empty environment, because ours contains secrets.
        with subprocess.Popen(  # noqa: S603 – nothing in it comes from the person
            command,
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
        ) as decoder:
            try:
                # Done here: the decoder itself could do it only after using the time of many
                # messages.
                os.setpriority(os.PRIO_PROCESS, decoder.pid, settings.IMAGE_DECODER_NICE)
                output = _output(decoder, uploader)
            finally:
                decoder.kill()  # harmless if it has ended
    if decoder.returncode != 0:  # killed by a limit, or by the file it was decoding
        return {"error": "damaged"}, b""
    answer, _newline, content = output.partition(b"\n")
    return json.loads(answer), content


def _output(decoder: "subprocess.Popen[bytes]", uploader: Uploader | None) -> bytes:
    until = time.monotonic() + settings.IMAGE_DECODER_MAX_SECONDS
    while True:
        try:
            return decoder.communicate(timeout=LOOK_SECONDS)[0]
        except subprocess.TimeoutExpired:
            if uploader is not None and uploader.has_gone():
                raise Abandoned from None
            if time.monotonic() >= until:
                raise Busy from None


def _refusal(code: str) -> ValidationError:
    match code:
        case "not_a_picture":
            text = _("We can't show this file. Choose a JPEG, PNG or WebP picture.")
        case "too_many_pixels":
            text = _("It has more than %(limit)d megapixels. Choose a smaller picture.") % {
                "limit": settings.IMAGE_MAX_PIXELS // 10**6
            }
        case "too_long_side":
            text = _("It is more than %(limit)d pixels wide or high. Choose a smaller picture.") % {
                "limit": settings.IMAGE_MAX_SIDE
            }
        case "too_much_memory":
            text = _("It needs too much memory to open. Make it smaller or save it as a JPEG.")
        case "animated":
            text = _("It's an animation. Choose a picture that doesn't move.")
        case "no_heif":
            text = _("We can't open HEIC photos. Save this one as a JPEG and choose that.")
        case _:
            text = _("The picture is damaged or incomplete. Choose another file.")
    return ValidationError(text, code=code)
