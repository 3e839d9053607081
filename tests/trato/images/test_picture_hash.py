"""The hash of a picture: nearly the same for nearly the same picture."""

import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageEnhance

from messaging.files.queries import SIMILAR_BITS, differing_bits
from trato.images.queue import Uploader
from trato.images.sanitize import photo

from .picture_files import grey, saved

pytestmark = pytest.mark.usefixtures("no_hurry")


def hash_of(content: bytes) -> int | None:
    return photo(SimpleUploadedFile("photo", content), Uploader(1), [640, 320]).hash


def scene(seed: int) -> Image.Image:
    """A picture of overlapping shapes on white, like a poster or a screenshot."""
    draws = random.Random(seed)
    picture = Image.new("RGB", (900, 700), "white")
    pen = ImageDraw.Draw(picture)
    for _ in range(14):
        left, top = draws.randrange(800), draws.randrange(600)
        size = (draws.randrange(60, 400), draws.randrange(60, 300))
        colour = tuple(draws.randrange(230) for _ in range(3))
        pen.rectangle((left, top, left + size[0], top + size[1]), fill=colour)
    return picture


CHANGED = {
    "scaled down": lambda: saved(scene(1).resize((450, 350)), "PNG"),
    "scaled up": lambda: saved(scene(1).resize((1800, 1400)), "JPEG"),
    "compressed badly": lambda: saved(scene(1), "JPEG", quality=25),
    "another format": lambda: saved(scene(1), "WEBP", quality=60),
    "a little brighter": lambda: saved(ImageEnhance.Brightness(scene(1)).enhance(1.05), "PNG"),
    "with transparency": lambda: saved(scene(1).convert("RGBA"), "PNG"),
}


@pytest.mark.parametrize("case", CHANGED)
def test_the_same_picture_saved_again_has_nearly_the_same_hash(case: str) -> None:
    first, other = hash_of(saved(scene(1), "PNG")), hash_of(CHANGED[case]())
    assert first is not None
    assert other is not None
    assert differing_bits(first, other) <= SIMILAR_BITS


def test_other_pictures_have_other_hashes() -> None:
    hashes = [hash_of(saved(scene(seed), "JPEG")) for seed in range(1, 6)]
    for place, one in enumerate(hashes):
        for other in hashes[:place]:
            assert one is not None
            assert other is not None
            assert differing_bits(one, other) > 2 * SIMILAR_BITS


def test_a_picture_without_edges_has_no_hash() -> None:
    assert hash_of(saved(grey(60, 40), "JPEG")) is None
    assert hash_of(saved(Image.linear_gradient("L").rotate(90), "PNG")) is None
