"""Plants in their pots."""

import math
import random

from .light import darker, inside, lighter, mix, round_, soft
from .shapes import Outline, Point, curve, oval
from .studio import Look, Scene

GREEN = "#4f7f45"


def monstera(scene: Scene, look: Look) -> None:
    """Draw large leaves with holes and slits."""
    _pot(scene, look, 0.15)
    leaves: tuple[tuple[Point, float, float], ...] = (
        ((0.3, 0.36), 0.19, -2.3), ((0.7, 0.33), 0.2, -0.8), ((0.5, 0.2), 0.19, -1.55),
        ((0.24, 0.52), 0.15, -3.0), ((0.77, 0.51), 0.15, -0.15), ((0.47, 0.42), 0.17, -1.9),
    )  # fmt: skip
    for number, (tip, size, angle) in enumerate(leaves):
        scene.line(
            curve((0.5, 0.62), ((0.5 + tip[0]) / 2, (0.6 + tip[1]) / 2), tip),
            darker(GREEN, 0.2),
            0.01,
        )
        _split_leaf(
            scene,
            tip,
            size,
            angle,
            mix(GREEN, "#8fae58" if number % 2 else "#2c5a3c", 0.25 + 0.1 * (number % 3)),
        )


def olive(scene: Scene, look: Look) -> None:
    """Draw a small tree with narrow silvery leaves."""
    _pot(scene, look, 0.14)
    scene.line(curve((0.5, 0.64), (0.49, 0.52), (0.515, 0.44), (0.5, 0.34)), "#6d5a43", 0.024)
    scene.line(curve((0.495, 0.62), (0.485, 0.52), (0.508, 0.44), (0.496, 0.34)), "#8c765a", 0.01)
    dice = random.Random(11)  # noqa: S311 – a pattern, not a secret
    for branch in range(17):
        angle = -math.pi / 2 + (branch - 8) * 0.27
        reach = 0.2 + 0.1 * dice.random() - abs(branch - 8) * 0.006
        end = (0.5 + math.cos(angle) * reach * 0.95, 0.33 + math.sin(angle) * reach * 0.9)
        twig = curve((0.5, 0.42), ((0.5 + end[0]) / 2 + 0.01, (0.42 + end[1]) / 2 - 0.02), end)
        scene.line(twig, "#7a6a4d", 0.005)
        for step in range(8, len(twig), 2):
            for side in (-1, 1):
                turn = angle + side * dice.uniform(0.5, 1.1)
                colour = mix("#6f8660", "#b9c4a5", dice.random() * 0.8)
                _leaf(scene, twig[step], turn, dice.uniform(0.055, 0.085), 0.0095, colour)
    for x, y in ((0.38, 0.3), (0.6, 0.24), (0.66, 0.4), (0.45, 0.17)):
        scene.ellipse(x, y, 0.011, 0.015, "#4a4a35", round_)


def sansevieria(scene: Scene, look: Look) -> None:
    """Draw stiff upright swords with a pale edge."""
    dice = random.Random(5)  # noqa: S311 – a pattern, not a secret
    swords = [
        (0.4, 0.3, -0.09),
        (0.6, 0.26, 0.08),
        (0.46, 0.16, -0.03),
        (0.55, 0.13, 0.03),
        (0.36, 0.42, -0.12),
        (0.64, 0.4, 0.12),
        (0.5, 0.28, 0.0),
    ]
    for x, top, lean in swords:
        half = 0.04
        left = curve(
            (x - half * 0.7, 0.64),
            (x - half + lean * 0.3, 0.48),
            (x - half * 0.7 + lean * 0.7, (0.45 + top) / 2),
            (x + lean, top),
        )
        right = curve(
            (x + lean, top),
            (x + half * 0.7 + lean * 0.7, (0.45 + top) / 2),
            (x + half + lean * 0.3, 0.48),
            (x + half * 0.7, 0.64),
        )
        scene.fill([*left, *right], "#d9cf8a", round_)
        slim = [
            (
                x
                + lean * (0.64 - y) / (0.64 - top)
                + (px - x - lean * (0.64 - y) / (0.64 - top)) * 0.74,
                y,
            )
            for px, y in (*left, *right)
        ]
        scene.fill(slim, mix("#3f6d4a", "#6d9160", dice.random() * 0.5), round_)
        for number in range(8):
            share = 0.08 + number * 0.11
            y = 0.64 - (0.64 - top) * share
            centre = x + lean * share
            reach = half * 0.6 * (1 - share) ** 0.4
            scene.line(
                curve(
                    (centre - reach, y),
                    (centre - reach * 0.3, y - 0.008),
                    (centre + reach * 0.4, y + 0.002),
                    (centre + reach, y - 0.006),
                ),
                "#2f5640",
                0.004,
            )
    _pot(scene, look, 0.16)


def _pot(scene: Scene, look: Look, half: float) -> None:
    """Draw the pot, with earth in it."""
    scene.shadow(0.5, 0.855, half * 0.95, 0.028)
    top, bottom = 0.63, 0.85
    if look.style == "basket":
        shape: Outline = [
            *oval(0.5, top, half * 1.02, 0.03, 180, 360),
            *curve(
                (0.5 + half * 1.02, top), (0.5 + half * 1.22, 0.74), (0.5 + half * 0.95, bottom)
            ),
            *oval(0.5, bottom, half * 0.95, 0.02, 0, 180),
            *curve(
                (0.5 - half * 0.95, bottom), (0.5 - half * 1.22, 0.74), (0.5 - half * 1.02, top)
            ),
        ]
        scene.fill(shape, look.colour, round_, "herringbone")
        scene.line(oval(0.5, top, half * 1.02, 0.03, 0, 180), lighter(look.colour, 0.2), 0.012)
    else:
        shape = [
            *oval(0.5, top, half, 0.028, 180, 360),
            *oval(0.5, bottom, half * 0.74, 0.02, 0, 180),
        ]
        scene.fill(shape, look.colour, round_)
        collar = [
            *oval(0.5, top, half * 1.06, 0.03, 180, 360),
            *oval(0.5, top + 0.055, half * 1.03, 0.03, 0, 180),
        ]
        scene.fill([(x, y + 0.006) for x, y in collar], darker(look.colour, 0.45), soft, blur=0.006)
        scene.fill(collar, lighter(look.colour, 0.06), round_)
    scene.ellipse(0.5, top, half * 1.0, 0.025, darker(look.colour, 0.35), inside)
    scene.ellipse(0.5, top + 0.005, half * 0.93, 0.02, "#4a3728", inside)
    if look.style == "rim":
        scene.line(oval(0.5, top + 0.1, half * 0.94, 0.026, 0, 180), look.accent, 0.014)


def _leaf(
    scene: Scene, base: Point, angle: float, length: float, width: float, colour: str
) -> None:
    x, y = base
    along, across = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
    points = [
        (
            x + along[0] * length * a + across[0] * width * b,
            y + along[1] * length * a + across[1] * width * b,
        )
        for a, b in ((0, 0), (0.3, 0.8), (0.6, 0.8), (1, 0), (0.6, -0.8), (0.3, -0.8))
    ]
    scene.pen.polygon(scene.places(points), fill=colour)


def _split_leaf(scene: Scene, centre: Point, size: float, angle: float, colour: str) -> None:
    """Draw a heart with slits from its edge, turned so that its tip points to `angle`."""
    cos, sin = math.cos(angle), math.sin(angle)

    def at(along: float, across: float) -> Point:
        return (
            centre[0] + (along * cos - across * sin) * size,
            centre[1] + (along * sin + across * cos) * size,
        )

    edge: list[Point] = []
    for side in (1, -1):
        half: list[Point] = []
        for step in range(49):
            t = step / 48
            along = -0.35 + 1.3 * t
            wide = 0.72 * math.sin(math.pi * min(1.0, t * 0.86 + 0.14)) ** 0.75
            slit = 1.0
            if t > 0.12:
                slit = 1 - 0.62 * max(0.0, math.cos(t * 34)) ** 6
            half.append((along, side * wide * slit))
        edge += [at(a, b) for a, b in (half if side > 0 else reversed(half))]
    scene.fill(
        [(x + 0.008, y + 0.012) for x, y in edge], "#1e2b1d", soft, blur=0.012
    ) if size > 0.18 else None
    scene.fill(edge, colour, soft)
    vein = lighter(colour, 0.3)
    scene.line([at(-0.3, 0), at(0.9, 0)], vein, 0.004)
    for step in range(5):
        along = -0.1 + step * 0.19
        for side in (1, -1):
            scene.line([at(along, 0), at(along + 0.2, side * 0.42)], vein, 0.0022)
