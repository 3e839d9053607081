"""The text of QR codes in a picture."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.uploads import qr_code
from trato.images import sanitize
from trato.images.queue import Uploader

from .picture_files import saved

pytestmark = pytest.mark.usefixtures("no_hurry")

EVIL = "https://evil.example/pay"


def codes_in(content: bytes) -> list[str]:
    return sanitize.photo(SimpleUploadedFile("photo", content), Uploader(1), [640, 320]).codes


def opened(content: bytes) -> Image.Image:
    return Image.open(SimpleUploadedFile("photo", content))


def test_a_code_in_a_photo_is_read_whatever_is_done_to_it() -> None:
    code = opened(qr_code(EVIL))
    assert codes_in(saved(code.rotate(20, expand=True), "JPEG", quality=50)) == [EVIL]
    assert codes_in(saved(code.resize((3000, 2000)), "WEBP")) == [EVIL]


def test_a_code_that_shows_only_on_a_dark_page_is_read() -> None:
    code = opened(qr_code(EVIL)).convert("L")
    white = Image.new("RGBA", code.size, "white")
    white.putalpha(code)  # its dark parts are transparent
    assert codes_in(saved(white, "PNG")) == [EVIL]


def test_what_a_code_says_is_one_short_line(settings: Any) -> None:
    settings.IMAGE_CODE_MAX_CHARACTERS = 12
    assert codes_in(qr_code("a\u202eb\x00\nc\u200b  d and more")) == ["ab c d a"]


def test_without_the_extra_a_picture_is_a_picture(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without = tmp_path / "decoder.py"
    without.write_text(
        "import runpy, sys\n"
        "sys.modules['zxingcpp'] = None\n"
        f"runpy.run_path({str(sanitize.DECODER)!r}, run_name='__main__')\n"
    )
    monkeypatch.setattr(sanitize, "DECODER", without)
    assert codes_in(qr_code(EVIL)) == []


def test_codes_are_read_within_the_limits_of_the_decoder(settings: Any) -> None:
    settings.IMAGE_CODES_MAX = 1
    two = Image.new("RGB", (600, 800), "white")
    two.paste(opened(qr_code(EVIL)), (0, 0))
    two.paste(opened(qr_code("https://other.example")), (0, 400))
    assert len(codes_in(saved(two, "PNG"))) == 1
    settings.IMAGE_CODES_MAX = 20
    assert len(codes_in(saved(two, "PNG"))) == 2
    camera = Image.effect_noise((4000, 3000), 60).convert("RGB")
    assert codes_in(saved(camera, "JPEG")) == []
