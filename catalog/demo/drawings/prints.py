"""Prints of the coast, in a frame."""

import math

from .light import darker, flat, lighter, mix, soft
from .shapes import Outline, curve
from .studio import Look, Scene

LEFT, TOP, RIGHT, BOTTOM = 0.2, 0.12, 0.8, 0.86
SHEET = (0.27, 0.2, 0.73, 0.72)  # the printed area


def framed(scene: Scene, look: Look) -> None:
    """Draw a print behind a mount, in an oak frame; its style names what it shows."""
    scene.spot(0.54, 0.55, 0.44, 0.5, "#3b2c1f", 0.4)
    scene.fill(_box(LEFT, TOP, RIGHT, BOTTOM), "#b58a58", soft, "paper")
    scene.fill(_box(LEFT + 0.022, TOP + 0.022, RIGHT - 0.022, BOTTOM - 0.022), "#8a6438", flat)
    scene.fill(
        _box(LEFT + 0.028, TOP + 0.028, RIGHT - 0.022, BOTTOM - 0.022), "#f7f2e6", soft, "paper"
    )
    scene.fill(_box(*SHEET), look.accent, flat, "paper")
    MOTIFS[look.style](scene, look)
    pencil = mix("#8b857a", "#ffffff", 0.2)
    scene.line([(0.28, 0.757), (0.34, 0.755)], pencil, 0.003)
    scene.line(
        curve((0.64, 0.757), (0.66, 0.748), (0.67, 0.762), (0.69, 0.75), (0.72, 0.756)),
        pencil,
        0.003,
    )


def _box(left: float, top: float, right: float, bottom: float) -> Outline:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _waves(scene: Scene, look: Look, start: float, rows: int) -> None:
    left, _top, right, bottom = SHEET
    for row in range(rows):
        level = start + (bottom - start) * row / rows
        ridge = [
            (
                left + (right - left) * step / 60,
                level + 0.009 * math.sin(step / (3.2 + row * 0.7) + row * 2.1),
            )
            for step in range(61)
        ]
        colour = mix(look.colour, look.accent, 0.6 - 0.6 * row / max(1, rows - 1))
        scene.fill([*ridge, (right, bottom), (left, bottom)], colour, flat, "paper")


def _tide(scene: Scene, look: Look) -> None:
    """Draw the sun over the water at low tide."""
    scene.ellipse(0.6, 0.36, 0.07, 0.07, "#e08a4a")
    _waves(scene, look, 0.46, 7)


def _boats(scene: Scene, look: Look) -> None:
    """Draw three boats with their sails."""
    _waves(scene, look, 0.5, 5)
    for x, y, size in ((0.37, 0.53, 0.8), (0.6, 0.56, 1.0), (0.48, 0.63, 1.25)):
        scene.fill(
            [
                (x - 0.06 * size, y),
                (x + 0.06 * size, y),
                (x + 0.042 * size, y + 0.026 * size),
                (x - 0.042 * size, y + 0.026 * size),
            ],
            darker(look.colour, 0.5),
            flat,
        )
        scene.line([(x, y), (x, y - 0.15 * size)], darker(look.colour, 0.5), 0.004)
        scene.fill(
            [(x + 0.006, y - 0.145 * size), (x + 0.055 * size, y - 0.012), (x + 0.006, y - 0.012)],
            "#fbf5e8",
            flat,
            "paper",
        )
        scene.fill(
            [(x - 0.006, y - 0.12 * size), (x - 0.04 * size, y - 0.012), (x - 0.006, y - 0.012)],
            "#d5654a",
            flat,
            "paper",
        )


def _lighthouse(scene: Scene, look: Look) -> None:
    """Draw a lighthouse on its rock, with its beam."""
    scene.fill(
        [(0.46, 0.3), (0.73, 0.22), (0.73, 0.37)], lighter(look.accent, 0.55), flat, blur=0.006
    )
    _waves(scene, look, 0.6, 4)
    scene.fill(
        curve((0.28, 0.68), (0.34, 0.6), (0.42, 0.57), (0.52, 0.59), (0.6, 0.68)),
        darker(look.colour, 0.55),
        flat,
        "paper",
    )
    for number in range(5):
        y0, y1 = 0.34 + number * 0.048, 0.388 + number * 0.048
        half0, half1 = 0.03 + number * 0.0035, 0.0335 + number * 0.0035
        colour = "#d5533f" if number % 2 else "#fbf5e8"
        scene.fill(
            [(0.44 - half0, y0), (0.44 + half0, y0), (0.44 + half1, y1), (0.44 - half1, y1)],
            colour,
            soft,
            "paper",
        )
    scene.fill(_box(0.412, 0.325, 0.468, 0.342), darker(look.colour, 0.6), flat)
    scene.fill(_box(0.42, 0.282, 0.46, 0.326), "#ffd873", flat)
    scene.fill([(0.408, 0.284), (0.44, 0.252), (0.472, 0.284)], "#d5533f", flat)


def _gull(scene: Scene, look: Look) -> None:
    """Draw a gull in the wind, over the cliffs."""
    scene.ellipse(0.5, 0.42, 0.17, 0.17, lighter(look.accent, 0.45))
    scene.fill(
        [
            (0.27, 0.66),
            *curve(
                (0.27, 0.6), (0.34, 0.57), (0.42, 0.64), (0.52, 0.62), (0.62, 0.67), (0.73, 0.65)
            ),
            (0.73, 0.72),
            (0.27, 0.72),
        ],
        look.colour,
        flat,
        "paper",
    )
    body = curve(
        (0.38, 0.45),
        (0.47, 0.42),
        (0.57, 0.43),
        (0.64, 0.47),
        (0.56, 0.485),
        (0.46, 0.48),
        (0.38, 0.45),
    )
    wing = curve((0.5, 0.445), (0.46, 0.36), (0.36, 0.29), (0.3, 0.285), (0.4, 0.35), (0.45, 0.45))
    other = curve(
        (0.52, 0.44), (0.58, 0.35), (0.67, 0.285), (0.71, 0.29), (0.63, 0.36), (0.575, 0.45)
    )
    for shape in (other, body, wing):
        scene.fill(shape, "#fdfaf2", flat, "paper")
        scene.line(shape, look.colour, 0.006)
    for tip in (
        curve((0.3, 0.285), (0.335, 0.29), (0.36, 0.31)),
        curve((0.71, 0.29), (0.68, 0.3), (0.655, 0.32)),
    ):
        scene.line(tip, darker(look.colour, 0.5), 0.014)
    scene.fill([(0.386, 0.445), (0.35, 0.455), (0.386, 0.462)], "#e79a3c", flat)
    scene.dot(0.405, 0.447, 0.004, darker(look.colour, 0.7))
    for x, y in ((0.64, 0.56), (0.33, 0.53)):
        scene.line(
            [
                *curve((x - 0.03, y - 0.01), (x - 0.012, y - 0.016), (x, y)),
                *curve((x, y), (x + 0.012, y - 0.016), (x + 0.03, y - 0.01)),
            ],
            look.colour,
            0.004,
        )


MOTIFS = {"tide": _tide, "boats": _boats, "lighthouse": _lighthouse, "gull": _gull}
