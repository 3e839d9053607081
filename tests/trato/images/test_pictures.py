"""Ordinary pictures, and how the decoder runs."""

import struct
import subprocess
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms

from tests.whole import some_of
from trato.images import sanitize
from trato.images.queue import Abandoned, Uploader

from .picture_files import chunk, grey, png, saved

pytestmark = pytest.mark.usefixtures("no_hurry")


CAMERAS = [
    ("JPEG", (4032, 3024), {}),
    ("JPEG", (8064, 6048), {}),
    ("JPEG", (5400, 5400), {"progressive": True}),
    ("PNG", (6000, 6000), {}),
    ("WEBP", (3648, 2736), {}),
    ("JPEG", (16000, 3000), {}),
]


@pytest.mark.parametrize(("kind", "size", "options"), some_of(CAMERAS, 3))
def test_what_cameras_and_phones_make_is_taken(
    kind: str, size: tuple[int, int], options: dict[str, Any]
) -> None:
    made = sanitize.sanitize(SimpleUploadedFile("photo", saved(grey(*size), kind, **options)))
    assert max(Image.open(made).size) == sanitize.MAX_SIDE


def test_a_large_picture_of_sixteen_bit_greys_is_taken() -> None:
    made = sanitize.sanitize(SimpleUploadedFile("scan.png", png(4200, 4200, depth=16)))
    assert Image.open(made).size == (2000, 2000)


def test_a_photo_is_upright_after_it_was_made_smaller() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate by a quarter
    upload = SimpleUploadedFile("photo.jpg", saved(grey(3000, 1500), "JPEG", exif=exif))
    assert Image.open(sanitize.sanitize(upload)).size == (1000, 2000)


def one_colour_clear(kind: str) -> bytes:
    """Return a PNG whose left half has the one transparent colour."""
    if kind == "sixteen bits of grey":
        level = struct.pack(">H", 40_000)
        zeros = png(40, 20, chunk(b"tRNS", level), depth=16)
        rows = zlib.compress((b"\0" + level * 40) * 20)
        return zeros[: zeros.index(b"IDAT") - 4] + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    picture = Image.new("RGB", (40, 20), "red")
    picture.paste((0, 0, 255), (0, 0, 20, 20))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return saved(picture, "PNG", transparency=(0, 0, 255), icc_profile=profile)


@pytest.mark.parametrize("kind", ["a profile", "sixteen bits of grey"])
def test_one_transparent_colour_stays_transparent(kind: str) -> None:
    made = sanitize.sanitize(SimpleUploadedFile("logo.png", one_colour_clear(kind)))
    with Image.open(made) as picture:
        assert picture.mode == "RGBA"
        pixel: Any = picture.getpixel((5, 5))
        assert pixel[3] == 0


@pytest.mark.parametrize("mode", ["1", "P"])
def test_thin_lines_of_a_scan_survive_being_made_smaller(mode: str) -> None:
    scan = Image.new("L", (4500, 60), 255)
    for column in range(0, 4500, 9):  # skipping pixels would skip most lines
        scan.paste(0, (column, 0, column + 1, 60))
    content = saved(scan.convert(mode), "PNG")
    with Image.open(sanitize.sanitize(SimpleUploadedFile("scan.png", content))) as made:
        picture = made.convert("L")
        # Lines that were 9 pixels apart: each is somewhere within 6 pixels.
        darkest: list[Any] = [
            picture.crop((x, 10, x + 6, 11)).getextrema()[0] for x in range(0, 1990, 6)
        ]
    assert max(darkest) < 245


def test_the_decoder_is_told_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    real = subprocess.Popen

    def record(*args: Any, **kwargs: Any) -> Any:
        given.append(kwargs["env"])
        return real(*args, **kwargs)

    monkeypatch.setattr(subprocess, "Popen", record)
    sanitize.sanitize(SimpleUploadedFile("photo.jpg", saved(grey(9, 9), "JPEG")))
    assert given == [{}]


def test_a_decoder_is_killed_when_its_client_has_gone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    endless = tmp_path / "endless.py"
    endless.write_text("import time\nwhile True: time.sleep(9)")
    monkeypatch.setattr(sanitize, "DECODER", endless)
    upload = SimpleUploadedFile("photo.jpg", b"x")
    with pytest.raises(Abandoned):
        sanitize.sanitize(upload, Uploader(1, lambda: True))


def test_a_decoder_that_starts_late_gets_the_whole_picture(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.IMAGE_DECODER_MAX_SECONDS = 30
    monkeypatch.setattr(sanitize, "LOOK_SECONDS", 0.01)  # checked before it has read anything
    content = saved(Image.effect_noise((700, 700), 90), "PNG")
    assert len(content) > 2**17  # more than fits into a pipe
    assert sanitize.sanitize(SimpleUploadedFile("photo.png", content)).size
