"""The maximum cost of a crafted picture."""

import json
import subprocess
import sys
import zlib
from functools import cache
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.whole import some_of
from trato.images import sanitize

from .picture_files import chunk, grey, png, saved

pytestmark = pytest.mark.usefixtures("no_hurry")

MEGABYTE = 2**20
# How much memory the decoder uses at most. It reports its own peak when it ends.
MEASURE = """
import runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    # Not `getrusage`: its peak is also that of the process that started this one.
    [peak] = [line for line in open("/proc/self/status") if line.startswith("VmHWM:")]
    print(peak.split()[1], file=sys.stderr)
"""


@cache
def bomb(size: int = 100 * MEGABYTE) -> bytes:
    """Return many zeros, compressed into few bytes."""
    packer = zlib.compressobj(1)
    return b"".join(
        [*(packer.compress(bytes(MEGABYTE)) for _ in range(size // MEGABYTE)), packer.flush()]
    )


def animated(kind: str, side: int, frames: int) -> bytes:
    pictures = [Image.new("RGBA", (side, side), (step, 0, 0, 9)) for step in range(frames)]
    return saved(pictures[0], kind, save_all=True, append_images=pictures[1:])


def many_scans(side: int, count: int) -> bytes:
    """A progressive JPEG that refines the same pixels over and over."""
    whole = saved(Image.new("L", (side, side), 128), "JPEG", progressive=True)
    start = whole.rindex(b"\xff\xda")
    last, end = whole[start:-2], whole[-2:]
    return whole[:start] + last * count + end


HOSTILE = {
    "one pixel wide, forty million high": lambda: png(1, 40_000_000),
    "as wide as PNG allows": lambda: png(2**31 - 1, 1, depth=1)[:1000],
    "as many pixels as are allowed, grey": lambda: png(7000, 7000),
    "as many pixels as are allowed, transparent": lambda: png(7000, 7000, colour=6),
    "sixteen bits": lambda: png(6000, 6000, depth=16),
    "sixteen bits of each colour": lambda: png(6000, 6000, depth=16, colour=2),
    "a colour profile that unpacks to 100 MB": lambda: png(
        9, 9, chunk(b"iCCP", b"icc\0\0" + bomb())
    ),
    "a text that unpacks to 100 MB": lambda: png(9, 9, chunk(b"zTXt", b"Comment\0\0" + bomb())),
    "many such texts": lambda: png(9, 9, *[chunk(b"zTXt", b"Comment\0\0" + bomb())] * 20),
    "an international text that unpacks": lambda: png(
        9, 9, chunk(b"iTXt", b"C\0\1\0\0\0" + bomb())
    ),
    "a hundred thousand chunks": lambda: png(9, 9, *[chunk(b"tEXt", b"a\0b")] * 100_000),
    "pixels that unpack beyond their size": lambda: png(9, 9, chunk(b"IDAT", bomb())),
    "a moving PNG": lambda: animated("PNG", 600, 10),
    "a moving WebP": lambda: animated("WEBP", 1800, 3),
    "a large WebP": lambda: saved(grey(12000, 1000), "WEBP", quality=1, method=0),
    "a large lossless WebP": lambda: saved(
        grey(3300, 3300, "RGBA"), "WEBP", lossless=True, quality=0, method=0
    ),
    "a large progressive JPEG": lambda: saved(
        grey(5500, 5500), "JPEG", progressive=True, subsampling=0
    ),
    "a large JPEG of four inks": lambda: saved(
        Image.new("CMYK", (4500, 4500)), "JPEG", progressive=True
    ),
    "a JPEG of a thousand scans": lambda: many_scans(2000, 1000),
    "a JPEG with 10 MB of colour profile": lambda: saved(
        grey(9, 9), "JPEG", icc_profile=bytes(9 * MEGABYTE)
    ),
    "a GIF": lambda: animated("GIF", 500, 30),
    "a large GIF": lambda: saved(Image.new("P", (7000, 7000)), "GIF"),
    "a TIFF by another name": lambda: saved(grey(99, 99), "TIFF"),
}


AS_A_PHOTO = ("a large GIF", "a moving PNG", "a large progressive JPEG")


@pytest.mark.parametrize(
    ("case", "wanted"),
    [(case, {}) for case in some_of(HOSTILE, 5)]
    + [(case, {"still": True, "thumbnails": [640, 320]}) for case in AS_A_PHOTO],
)
def test_no_picture_takes_more_than_200_mb(case: str, wanted: dict[str, Any]) -> None:
    limits = {
        "memory": django_settings.IMAGE_DECODER_MAX_BYTES,
        "seconds": 2,
        "bytes": django_settings.IMAGE_MAX_BYTES,
        "pixels": django_settings.IMAGE_MAX_PIXELS,
        "side": django_settings.IMAGE_MAX_SIDE,
        "new_side": sanitize.MAX_SIDE,
        **wanted,
    }
    content = HOSTILE[case]()
    done = subprocess.run(
        [sys.executable, "-I", "-c", MEASURE, str(sanitize.DECODER), json.dumps(limits)],
        input=content[: django_settings.IMAGE_MAX_BYTES],
        capture_output=True,
        check=False,
    )
    assert done.returncode <= 0, done.stderr.decode()
    if done.returncode == 0:  # otherwise the operating system stopped it at a limit
        assert int(done.stderr.split()[-1]) <= 200 * 1024  # KiB
        assert {"format", "error"} & json.loads(done.stdout.partition(b"\n")[0]).keys()
    assert django_settings.IMAGE_DECODER_MAX_BYTES <= 200 * MEGABYTE


@pytest.mark.parametrize(
    "case",
    ["one pixel wide, forty million high", "a GIF", "a moving WebP"],
)
def test_a_hostile_picture_is_refused_with_words_or_made_small(case: str, settings: Any) -> None:
    settings.IMAGE_DECODER_MAX_CPU_SECONDS = 4
    upload = SimpleUploadedFile("crafted.png", HOSTILE[case]())
    refusal, made = "", None
    try:
        made = sanitize.sanitize(upload)
    except ValidationError as error:
        refusal = str(error.message)
    assert refusal.startswith("crafted.png: ") or (made is not None)
    assert made is None or max(Image.open(made).size) <= sanitize.MAX_SIDE


TOO_LARGE = [
    ("RGB", (12000, 1100), {}, "too_much_memory"),
    ("RGB", (8000, 7000), {}, "too_many_pixels"),
    ("RGBA", (8000, 7000), {"lossless": True}, "too_many_pixels"),
    ("RGBA", (8000, 7000), {}, "too_many_pixels"),
]


@pytest.mark.parametrize(("mode", "size", "options", "code"), some_of(TOO_LARGE, 2))
def test_a_webp_that_is_too_large_to_open_says_so(
    mode: str, size: tuple[int, int], options: dict[str, Any], code: str
) -> None:
    content = saved(grey(*size, mode), "WEBP", quality=0, method=0, **options)
    with pytest.raises(ValidationError) as refusal:
        sanitize.sanitize(SimpleUploadedFile("large.webp", content))
    assert refusal.value.code == code


def test_a_side_that_is_too_long_says_so() -> None:
    longest = django_settings.IMAGE_MAX_SIDE
    assert sanitize.sanitize(SimpleUploadedFile("long.png", png(1, longest)))
    with pytest.raises(ValidationError) as refusal:
        sanitize.sanitize(SimpleUploadedFile("long.png", png(1, longest + 1)))
    assert refusal.value.code == "too_long_side"


def test_a_picture_that_takes_too_long_is_given_up(settings: Any) -> None:
    settings.IMAGE_DECODER_MAX_CPU_SECONDS = 1
    with pytest.raises(ValidationError) as refusal:  # it would take ten times as long
        sanitize.sanitize(SimpleUploadedFile("scans.jpg", many_scans(2000, 5000)))
    assert refusal.value.code == "damaged"
