"""Pictures for the demo, drawn from simple shapes; the same seed gives the same picture."""

import io
import math
import random
from collections.abc import Callable

from PIL import Image, ImageDraw

SIDE = 800  # pixels
SCALE = 2  # drawn larger, then scaled down, for smooth edges
PALETTES = [
    ("#f3e4d3", "#b4532a", "#7c3416", "#f7f1e8"),
    ("#dfeae6", "#1f6f67", "#0e4a45", "#f3f8f6"),
    ("#efe3ea", "#8a3f63", "#5a2440", "#f9f3f6"),
    ("#e6e8f2", "#3f4f8f", "#26315f", "#f4f5fa"),
    ("#f4ecd0", "#b98a1c", "#7d5b0d", "#fbf7e9"),
    ("#e5ecd9", "#5f7a35", "#3c5020", "#f5f8ef"),
]

Point = tuple[float, float]


def draw(kind: str, seed: int) -> bytes:
    """Draw a square JPEG.

    Args:
        kind: the slug of a category in `people.CATEGORIES`; others get a vase.
        seed: selects one of many variants.
    """
    random_ = random.Random(f"{kind}-{seed}")  # noqa: S311 – pictures, not secrets
    ground, main, dark, light = random_.choice(PALETTES)
    side = SIDE * SCALE
    picture = Image.new("RGB", (side, side), ground)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, side * 0.72, side, side), fill=light)
    pen.ellipse((side * 0.2, side * 0.8, side * 0.8, side * 0.88), fill=ground)
    SHAPES.get(kind, _vase)(pen, random_, side, main, dark, light)
    buffer = io.BytesIO()
    picture.reduce(SCALE).save(buffer, "JPEG", quality=82, optimize=True)
    return buffer.getvalue()


Shape = Callable[[ImageDraw.ImageDraw, random.Random, int, str, str, str], None]


def _vase(
    pen: ImageDraw.ImageDraw, dice: random.Random, side: int, main: str, dark: str, light: str
) -> None:
    """Draw a vase: a wave as its outline, and a few bands as decoration."""
    belly, neck = dice.uniform(0.17, 0.26), dice.uniform(0.06, 0.13)
    turn = dice.uniform(1.6, 2.6)
    steps = 120
    left: list[Point] = []
    right: list[Point] = []
    for step in range(steps + 1):
        along = step / steps
        width = neck + (belly - neck) * max(0.0, math.sin(along * turn + 0.35)) ** 1.3
        y = side * (0.24 + 0.6 * along)
        left.append((side * (0.5 - width), y))
        right.append((side * (0.5 + width), y))
    pen.polygon(left + right[::-1], fill=main)
    pen.polygon([(x + (0.5 * side - x) * 1.25, y) for x, y in left] + right[::-1], fill=dark)
    for _band in range(dice.randint(1, 4)):
        row = dice.randint(20, steps - 20)
        pen.line((left[row], right[row]), fill=light, width=side // dice.randint(60, 120))


def _cloth(
    pen: ImageDraw.ImageDraw, dice: random.Random, side: int, main: str, dark: str, light: str
) -> None:
    """Draw a hanging cloth with woven stripes and fringes."""
    x0, x1, y0, y1 = side * 0.22, side * 0.78, side * 0.14, side * 0.78
    pen.rectangle((x0 - side * 0.05, y0 - side * 0.02, x1 + side * 0.05, y0), fill=dark)
    pen.rectangle((x0, y0, x1, y1), fill=main)
    y = y0
    while y < y1 - side * 0.05:
        height = side * dice.choice((0.012, 0.02, 0.05))
        y += height * dice.choice((1, 2))
        if dice.random() < 0.5:
            pen.rectangle((x0, y, x1, y + height), fill=dice.choice((dark, light)))
        else:
            for x in range(int(x0), int(x1), side // 28):
                pen.polygon(
                    [(x, y + height), (x + side / 56, y), (x + side / 28, y + height)], fill=light
                )
        y += height
    for x in range(int(x0), int(x1), side // 60):
        pen.line((x, y1, x, y1 + side * 0.06), fill=main, width=side // 160)


def _lamp(
    pen: ImageDraw.ImageDraw, dice: random.Random, side: int, main: str, dark: str, light: str
) -> None:
    """Draw a lamp with a pleated shade."""
    top, bottom = dice.uniform(0.08, 0.14), dice.uniform(0.2, 0.28)
    pen.rectangle((side * 0.49, side * 0.45, side * 0.51, side * 0.82), fill=dark)
    pen.ellipse((side * 0.36, side * 0.79, side * 0.64, side * 0.86), fill=dark)
    shade = [
        (side * (0.5 - top), side * 0.18),
        (side * (0.5 + top), side * 0.18),
        (side * (0.5 + bottom), side * 0.5),
        (side * (0.5 - bottom), side * 0.5),
    ]
    pen.polygon(shade, fill=main)
    pleats = dice.randint(5, 11)
    for pleat in range(1, pleats):
        share = pleat / pleats * 2 - 1
        pen.line(
            (side * (0.5 + top * share), side * 0.18, side * (0.5 + bottom * share), side * 0.5),
            fill=light,
            width=side // 180,
        )


def _plant(
    pen: ImageDraw.ImageDraw, dice: random.Random, side: int, main: str, dark: str, light: str
) -> None:
    """Draw leaves in a pot."""
    for _leaf in range(dice.randint(7, 12)):
        angle = dice.uniform(-1.15, 1.15)
        length, width = side * dice.uniform(0.25, 0.42), side * dice.uniform(0.04, 0.08)
        base = (side * 0.5, side * 0.62)
        tip = (base[0] + math.sin(angle) * length, base[1] - math.cos(angle) * length)
        middle = ((base[0] + tip[0]) / 2, (base[1] + tip[1]) / 2)
        across = (math.cos(angle) * width, math.sin(angle) * width)
        leaf = [
            base,
            (middle[0] + across[0], middle[1] + across[1]),
            tip,
            (middle[0] - across[0], middle[1] - across[1]),
        ]
        pen.polygon(leaf, fill=dice.choice((main, dark)))
        pen.line((base, tip), fill=light, width=side // 300)
    pot = [
        (side * 0.36, side * 0.6),
        (side * 0.64, side * 0.6),
        (side * 0.6, side * 0.85),
        (side * 0.4, side * 0.85),
    ]
    pen.polygon(pot, fill=dark)
    pen.rectangle((side * 0.34, side * 0.58, side * 0.66, side * 0.64), fill=main)


def _print(
    pen: ImageDraw.ImageDraw, dice: random.Random, side: int, main: str, dark: str, light: str
) -> None:
    """Draw a framed landscape with sun and hills."""
    pen.rectangle((side * 0.2, side * 0.12, side * 0.8, side * 0.8), fill=dark)
    pen.rectangle((side * 0.23, side * 0.15, side * 0.77, side * 0.77), fill=light)
    sun, size = dice.uniform(0.35, 0.65), dice.uniform(0.05, 0.09)
    pen.ellipse(
        (side * (sun - size), side * 0.26, side * (sun + size), side * (0.26 + 2 * size)), fill=main
    )
    for row, colour in enumerate((main, dark, main)):
        level, swing = 0.52 + row * 0.08, dice.uniform(0.02, 0.06)
        phase = dice.uniform(0, 6)
        ridge: list[Point] = [
            (side * x / 100, side * (level + swing * math.sin(x / 9 + phase)))
            for x in range(27, 74)
        ]
        floor = [(side * 0.73, side * 0.73), (side * 0.27, side * 0.73)]
        pen.polygon(ridge + floor, fill=colour)


def _bag(
    pen: ImageDraw.ImageDraw, dice: random.Random, side: int, main: str, dark: str, light: str
) -> None:
    """Draw a bag with a flap and stitches."""
    wide = dice.uniform(0.2, 0.28)
    box = (side * (0.5 - wide), side * 0.4, side * (0.5 + wide), side * 0.82)
    pen.arc(
        (side * 0.36, side * 0.16, side * 0.64, side * 0.66), 180, 360, fill=dark, width=side // 40
    )
    pen.rounded_rectangle(box, side * 0.04, fill=main)
    flap = (box[0], box[1], box[2], side * dice.uniform(0.54, 0.64))
    pen.rounded_rectangle(flap, side * 0.04, fill=dark)
    for x in range(int(box[0] + side * 0.03), int(box[2] - side * 0.03), side // 40):
        pen.line(
            (x, flap[3] - side * 0.02, x + side // 90, flap[3] - side * 0.02), fill=light, width=4
        )
    pen.ellipse(
        (side * 0.48, flap[3] - side * 0.03, side * 0.52, flap[3] + side * 0.01), fill=light
    )


SHAPES: dict[str, Shape] = {
    "ceramics": _vase,
    "candles": _vase,
    "textiles": _cloth,
    "knitwear": _cloth,
    "lighting": _lamp,
    "plants": _plant,
    "prints": _print,
    "leather": _bag,
}
