"""Textures: grey pictures by which a colour is multiplied."""

import random
from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter

from .light import CANVAS


@lru_cache(maxsize=16)
def tiled(texture: str, cell: int) -> Image.Image:
    """Tile a texture (a key of `TEXTURES`) over the whole canvas."""
    tile = TEXTURES[texture](cell)
    cloth = Image.new("RGB", (CANVAS, CANVAS))
    cloth.paste(tile, (0, 0))
    width, height = tile.size
    while width < CANVAS:
        cloth.paste(cloth.crop((0, 0, width, height)), (width, 0))
        width *= 2
    while height < CANVAS:
        cloth.paste(cloth.crop((0, 0, CANVAS, height)), (0, height))
        height *= 2
    return cloth


def _knit(cell: int) -> Image.Image:
    """Draw one stitch: a V of two short strands."""
    tile = Image.new("RGB", (cell, cell), (176, 172, 168))
    pen = ImageDraw.Draw(tile)
    half, thick = cell // 2, max(2, cell // 3)
    for row in (-cell, 0, cell):
        pen.line(
            (half * 0.1, row + cell * 0.1, half * 0.95, row + cell * 0.75), (255, 255, 255), thick
        )
        pen.line(
            (cell - half * 0.1, row + cell * 0.1, half * 1.05, row + cell * 0.75),
            (236, 234, 231),
            thick,
        )
    return tile.filter(ImageFilter.GaussianBlur(cell / 18))


def _weave(cell: int) -> Image.Image:
    half = max(2, cell // 3)
    tile = Image.new("RGB", (2 * half, 2 * half), (255, 255, 255))
    pen = ImageDraw.Draw(tile)
    pen.rectangle((0, 0, half - 1, half - 1), (228, 226, 222))
    pen.rectangle((half, half, 2 * half, 2 * half), (236, 234, 231))
    return tile.filter(ImageFilter.GaussianBlur(half / 6))


def _herringbone(cell: int) -> Image.Image:
    tile = Image.new("RGB", (2 * cell, cell), (255, 255, 255))
    pen = ImageDraw.Draw(tile)
    thick = max(2, cell // 4)
    for start in range(-2 * cell, 3 * cell, cell // 2 or 1):
        pen.line((0, start, cell, start + cell), (216, 213, 208), thick)
        pen.line((cell, start + cell, 2 * cell, start), (226, 223, 219), thick)
    return tile


def _noise(cell: int, low: int) -> Image.Image:
    dice = random.Random(low)  # noqa: S311 – a pattern, not a secret
    small = Image.new("L", (96, 96))
    small.putdata([dice.randint(low, 255) for _ in range(96 * 96)])
    size = 96 * max(2, cell // 5)
    return small.resize((size, size), Image.Resampling.BILINEAR).convert("RGB")


TEXTURES: dict[str, Callable[[int], Image.Image]] = {
    "knit": _knit,
    "weave": _weave,
    "herringbone": _herringbone,
    "leather": lambda cell: _noise(cell, 222),
    "paper": lambda cell: _noise(cell // 2, 240),
}
