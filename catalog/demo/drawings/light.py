"""Colours, and how light falls on shapes."""

import math
import random
from collections.abc import Callable
from functools import lru_cache

from PIL import Image

Colour = tuple[int, int, int]
Shade = Callable[[float, float], float]  # brightness at a point of a shape: 0 to 1

SIDE = 600  # pixels
SCALE = 2  # drawn larger, then scaled down, for smooth edges
CANVAS = SIDE * SCALE
HORIZON = 0.66  # between the wall and the table
GRID = 24  # points across a shape at which the light is computed
NEUTRAL = 128  # of 255: grain that changes nothing
FULL = 230  # of 255: the brightness at which a shape has its own colour
LIFT = 0.12  # how much lighter than its own colour a shape is in full light


def rgb(colour: str) -> Colour:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(one: str, other: str, share: float) -> str:
    """Mix two colours: a share of 0 is the first colour, 1 is the other."""
    parts = zip(rgb(one), rgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)


def darker(colour: str, share: float) -> str:
    return mix(colour, "#1c1410", share)


def lighter(colour: str, share: float) -> str:
    return mix(colour, "#fffdf6", share)


def round_(x: float, y: float) -> float:
    """Light on a cylinder: bright left of the middle, dark at the right edge."""
    light = math.cos((x - 0.34) * 2.1) ** 2
    return 0.5 + 0.5 * light - 0.1 * y * (1 - light)


def ball(x: float, y: float) -> float:
    far = math.hypot(x - 0.33, y - 0.28)
    return max(0.42, 1.02 - 0.62 * math.pow(far, 1.5))


def soft(x: float, y: float) -> float:
    return 1.0 - 0.2 * x - 0.12 * y


def pillow(x: float, y: float) -> float:
    edge = min(x, 1 - x, y, 1 - y)
    return min(1.0, 0.74 + 0.9 * math.pow(edge, 0.8) * (0.55 - 0.22 * (x + y - 0.9)))


def folds(x: float, y: float) -> float:
    """Light on hanging cloth."""
    return 0.86 + 0.1 * math.sin(x * 21 + 1.3 * math.sin(y * 4)) - 0.08 * x


def inside(x: float, y: float) -> float:
    """Light in a hollow: on its right side."""
    return 0.45 + 0.42 * x + 0.08 * y


def hollow(x: float, y: float) -> float:
    """Light in a shallow dish: the side towards the window is in shadow."""
    return min(1.04, 0.74 + 0.22 * x + 0.2 * y)


def flat(x: float, y: float) -> float:
    return 1.0


def stretched(
    small: Image.Image, size: tuple[int, int], part: tuple[float, float, float, float] | None
) -> Image.Image:
    """Enlarge part of a small, smooth picture.

    Smooth scaling is slow, so stop at the resolution of the finished picture.
    """
    coarse = (max(1, size[0] // SCALE), max(1, size[1] // SCALE))
    return small.resize(coarse, Image.Resampling.BILINEAR, box=part).resize(
        size, Image.Resampling.NEAREST
    )


@lru_cache(maxsize=512)
def light_of(shade: Shade, colour: str) -> Image.Image:
    """Return a shaded colour, on a small grid that is stretched over the shape."""
    # Shadows are warmer than the light.
    return coloured(light_grid(shade, GRID), lighter(colour, LIFT), warmth=0.07)


@lru_cache(maxsize=32)
def light_grid(shade: Shade, side: int) -> Image.Image:
    """Compute the brightness at each point of a grid; FULL is the colour itself."""
    grid = Image.new("L", (side, side))
    places = [(place + 0.5) / side for place in range(side)]
    grid.putdata([min(255, int(FULL * max(0.0, shade(x, y)))) for y in places for x in places])
    return grid


def coloured(light: Image.Image, colour: str, warmth: float = 0) -> Image.Image:
    """Apply a grid of brightness to a colour; shadows have less blue."""
    losses = (0.0, warmth / 2, warmth)
    return Image.merge(
        "RGB",
        [
            light.point(
                [
                    min(255, int(part * v / FULL * (1 - loss * (1 - min(1, v / FULL)))))
                    for v in range(256)
                ]
            )
            for part, loss in zip(rgb(colour), losses, strict=True)
        ],
    )


@lru_cache(maxsize=16)
def round_spot(strength: float) -> Image.Image:
    """Return a soft round mask: light in the middle, black at the edge."""
    spot = Image.radial_gradient("L").reduce(2)
    return spot.point(lambda value: int(255 * strength * max(0.0, 1 - value / 180) ** 1.6))


@lru_cache(maxsize=1)
def grain() -> Image.Image:
    """Return faint noise, without which JPEG shows its blocks in smooth areas."""
    dice = random.Random(1)  # noqa: S311 – a pattern, not a secret
    tile = Image.new("L", (100, 100))
    tile.putdata([NEUTRAL + dice.randint(-3, 3) for _ in range(100 * 100)])
    noise = Image.new("L", (SIDE, SIDE))
    for left in range(0, SIDE, 100):
        for top in range(0, SIDE, 100):
            noise.paste(tile, (left, top))
    return Image.merge("RGB", [noise] * 3)


@lru_cache(maxsize=16)
def backdrop(ground: str, lying: bool, near: bool) -> Image.Image:
    """Draw a wall and a table in one colour; for flat products, the table from above."""
    shade = _wall if lying else _table_near if near else _table
    return stretched(coloured(light_grid(shade, 64), ground), (CANVAS, CANVAS), None)


def _wall(x: float, y: float) -> float:
    return 1.07 - 0.24 * math.pow(math.hypot(x - 0.25, y - 0.15), 1.4)


def _table(x: float, y: float, softness: float = 60) -> float:
    edge = 1 / (1 + math.exp((HORIZON - y) * softness))
    return _wall(x, y) + 0.05 * edge * (1.4 - y)


def _table_near(x: float, y: float) -> float:
    return _table(x, y, 9)
