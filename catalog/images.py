"""Pictures from strangers: judged by their content, drawn anew, and kept without their secrets.

Nothing of an upload reaches the disk as it came. Its pixels are decoded and encoded again, so
that neither the place where a photo was taken nor a second file hidden behind it survives.
"""

import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from accounts.text import BIDI_CONTROLS, has_control_characters

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_SIDE = 2000  # pixels; larger pictures are made smaller
QUALITY = 85


class Picture(ContentFile[bytes]):
    """A picture that `sanitize` made: the only kind that actions store."""


def sanitize(upload: UploadedFile[bytes]) -> Picture:
    """Make a safe picture of an upload: upright, sRGB, at most 2000 pixels wide and high.

    Opaque pictures become JPEG, transparent ones WebP, under a random name.

    Raises:
        ValidationError: with a message for the person, which names the file.
    """
    _check_name(upload.name or "")
    with _naming(upload.name or ""):
        if (upload.size or 0) > settings.IMAGE_MAX_BYTES:
            raise ValidationError(
                _("It is larger than %(limit)d MB. Choose a smaller file.")
                % {"limit": settings.IMAGE_MAX_BYTES // 1024**2},
                code="too_large",
            )
        with _decoding():
            _check_header(upload)
            picture = _decode(upload)
            return _encode(picture)


def _check_name(name: str) -> None:
    if has_control_characters(name) or any(character in BIDI_CONTROLS for character in name):
        raise ValidationError(
            _(
                "The name of a file holds invisible control characters. "
                "Give the file a plain name and choose it again."
            ),
            code="file_name",
        )


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Put the file's name in front of what is wrong with it: several are chosen at once."""
    try:
        yield
    except ValidationError as error:
        raise ValidationError(f"{name}: {error.message}", code=error.code) from error


@contextmanager
def _decoding() -> Iterator[None]:
    """Turn whatever the decoders throw into one message for the person."""
    try:
        yield
    except ValidationError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except UnidentifiedImageError as error:
        raise ValidationError(
            _("It is not a picture that we can show. Choose a JPEG, PNG or WebP file."),
            code="not_a_picture",
        ) from error
    except Exception as error:  # a crafted file can make a decoder fail in any way
        raise ValidationError(
            _("The picture is damaged or incomplete. Choose another file."), code="damaged"
        ) from error


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("It has more than %(limit)d megapixels. Choose a smaller picture.")
        % {"limit": settings.IMAGE_MAX_PIXELS // 10**6},
        code="too_many_pixels",
    )


def _check_header(file: IO[bytes] | UploadedFile[bytes]) -> None:
    """Check size and soundness before a single pixel is decoded."""
    file.seek(0)
    with Image.open(file, formats=FORMATS) as picture:
        width, height = picture.size
        if width * height > settings.IMAGE_MAX_PIXELS:
            raise _too_many_pixels()
        picture.verify()  # leaves the picture unusable: `_decode` opens it again


def _decode(file: IO[bytes] | UploadedFile[bytes]) -> Image.Image:
    file.seek(0)
    with Image.open(file, formats=FORMATS) as picture:
        profile = picture.info.get("icc_profile")
        # Lets the JPEG decoder skip what shrinking would throw away; others ignore it.
        picture.draft(None, (MAX_SIDE, MAX_SIDE))
        picture.load()
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
        return _in_srgb(upright, profile)


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture as RGB, or RGBA where something shows through, in the colours of the web."""
    if picture.mode.startswith("I"):  # 16 bits of grey, which `convert` would clip
        picture = picture.point(lambda value: value / 256).convert("L")
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        try:
            converted = ImageCms.profileToProfile(
                picture,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode=mode,
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            return picture.convert(mode)  # a broken profile is no reason to refuse a photo
        return converted or picture.convert(mode)
    return picture.convert(mode)


def _encode(picture: Image.Image) -> Picture:
    """Write pixels alone: a new canvas carries no comment, no profile and no EXIF along."""
    canvas = Image.new(picture.mode, picture.size)
    canvas.paste(picture)
    buffer = io.BytesIO()
    if canvas.mode == "RGBA":
        canvas.save(buffer, "WEBP", quality=QUALITY)
        extension = "webp"
    else:
        canvas.save(buffer, "JPEG", quality=QUALITY, optimize=True, progressive=True)
        extension = "jpg"
    return Picture(buffer.getvalue(), name=f"{uuid.uuid4()}.{extension}")
