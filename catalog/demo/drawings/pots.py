"""Pottery."""

import math
import random
from collections.abc import Callable

from .light import ball, darker, hollow, inside, lighter, round_, soft
from .shapes import Outline, curve, mirrored, oval
from .studio import Look, Scene


def bowl(scene: Scene, look: Look) -> None:
    """Draw a wide bowl, seen a little from above."""
    top, rx, ry = 0.5, 0.31, 0.075
    scene.shadow(0.5, 0.785, 0.2, 0.03)
    half = curve((0.5 + rx, top), (0.79, 0.58), (0.72, 0.68), (0.62, 0.75), (0.6, 0.79))
    body = mirrored([*half, (0.5, 0.797)])
    scene.fill(body, look.colour, round_)
    if look.style == "speckled":
        _speckles(scene, look, 0.54, 0.74, lambda y: 0.29 - (y - 0.5) ** 2 * 2.4)
    scene.fill(_band(0.765, 0.115, 0.02, 0.02), darker(look.colour, 0.28), round_)
    _mouth(scene, look, top, rx, ry)


def plate(scene: Scene, look: Look) -> None:
    """Draw a plate from above, at an angle."""
    x, y, squash = 0.5, 0.55, 0.62
    is_rimmed = look.style == "rim"
    scene.spot(x + 0.05, y + 0.08, 0.46, 0.3, "#3b2c1f", 0.55)
    scene.ellipse(x, y + 0.02, 0.352, 0.355 * squash, darker(look.colour, 0.45), soft)
    scene.ellipse(x, y, 0.36, 0.36 * squash, look.colour, soft)
    edge = look.accent if is_rimmed else lighter(look.colour, 0.22)
    scene.line(oval(x, y, 0.353, 0.353 * squash), edge, 0.012 if is_rimmed else 0.006)
    scene.ellipse(x, y + 0.004, 0.262, 0.262 * squash, darker(look.colour, 0.2), hollow)
    scene.ellipse(x, y + 0.009, 0.252, 0.25 * squash, look.colour, hollow)
    for ring in (0.205, 0.15, 0.095, 0.04):
        scene.line(oval(x, y + 0.01, ring, ring * squash), darker(look.colour, 0.045), 0.003)
    if look.style == "speckled":
        dice = random.Random(7)  # noqa: S311 – a pattern, not a secret
        for _dot in range(130):
            angle, far = dice.uniform(0, 6.3), math.sqrt(dice.random()) * 0.34
            scene.dot(
                x + far * math.cos(angle),
                y + far * squash * math.sin(angle),
                dice.uniform(0.0012, 0.0032),
                darker(look.colour, 0.55),
            )
    scene.spot(0.3, 0.42, 0.13, 0.05, "#ffffff", 0.4)


def vase(scene: Scene, look: Look) -> None:
    """Draw a tall vase, with a sprig in it or without."""
    scene.shadow(0.5, 0.845, 0.13, 0.026)
    if look.style == "bottle":
        half = curve(
            (0.545, 0.24), (0.54, 0.33), (0.56, 0.44), (0.68, 0.58), (0.69, 0.72), (0.61, 0.845)
        )
        rim = 0.045
    else:
        half = curve(
            (0.58, 0.25), (0.555, 0.31), (0.62, 0.42), (0.665, 0.53), (0.63, 0.7), (0.585, 0.85)
        )
        rim = 0.08
    _sprig(scene, look)
    scene.fill(mirrored([*half, (0.5, 0.862)]), look.colour, round_)
    if look.style == "speckled":
        _speckles(scene, look, 0.4, 0.82, lambda _y: 0.1)
    _mouth(scene, look, half[0][1], rim, rim * 0.22)
    scene.fill(
        curve((0.43, 0.46), (0.415, 0.55), (0.43, 0.68), (0.445, 0.56), (0.43, 0.46)),
        lighter(look.colour, 0.6),
        blur=0.012,
    )


def jug(scene: Scene, look: Look) -> None:
    """Draw a water jug with a spout to the left and a handle."""
    scene.shadow(0.5, 0.835, 0.16, 0.028)
    handle = curve((0.61, 0.4), (0.73, 0.37), (0.79, 0.47), (0.75, 0.6), (0.65, 0.68))
    scene.line(handle, darker(look.colour, 0.42), 0.05)
    scene.line([(x - 0.005, y - 0.006) for x, y in handle], darker(look.colour, 0.12), 0.036)
    half = curve((0.605, 0.3), (0.6, 0.38), (0.63, 0.48), (0.685, 0.6), (0.67, 0.74), (0.61, 0.835))
    scene.fill(mirrored([*half, (0.5, 0.85)]), look.colour, round_)
    scene.fill(
        [(0.4, 0.3), (0.345, 0.268), (0.42, 0.4), (0.47, 0.36)], lighter(look.colour, 0.05), round_
    )
    rim = [
        *curve((0.605, 0.3), (0.5, 0.322), (0.41, 0.312), (0.345, 0.268)),
        *curve((0.345, 0.268), (0.43, 0.279), (0.52, 0.277), (0.605, 0.3)),
    ]
    scene.fill(rim, darker(look.colour, 0.4), inside)
    scene.line([*rim, rim[0]], lighter(look.colour, 0.3), 0.006)
    if look.style == "dipped":
        low = [(x, y) for x, y in half if y > 0.66]
        scene.fill(mirrored([*low, (0.5, 0.85)]), look.accent, round_)
    scene.fill(
        curve((0.4, 0.52), (0.375, 0.6), (0.39, 0.72), (0.405, 0.62), (0.4, 0.52)),
        lighter(look.colour, 0.6),
        blur=0.012,
    )


def teapot(scene: Scene, look: Look) -> None:
    """Draw a round teapot with its lid."""
    scene.shadow(0.5, 0.785, 0.2, 0.03)
    handle = curve((0.68, 0.48), (0.8, 0.43), (0.87, 0.53), (0.8, 0.66), (0.69, 0.7))
    scene.line(handle, darker(look.colour, 0.45), 0.042)
    scene.line([(x - 0.004, y - 0.006) for x, y in handle], lighter(look.colour, 0.06), 0.028)
    spout = [
        *curve((0.33, 0.68), (0.24, 0.62), (0.2, 0.52), (0.135, 0.465)),
        *curve((0.175, 0.435), (0.24, 0.46), (0.29, 0.5), (0.34, 0.52)),
    ]
    scene.fill(spout, look.colour, round_)
    scene.ellipse(0.156, 0.45, 0.026, 0.016, darker(look.colour, 0.55))
    half = curve((0.6, 0.43), (0.69, 0.47), (0.745, 0.58), (0.71, 0.71), (0.62, 0.785))
    scene.fill(mirrored([(0.5, 0.43), *half, (0.5, 0.795)]), look.colour, round_)
    scene.fill(
        mirrored([(0.5, 0.37), *curve((0.54, 0.373), (0.59, 0.4), (0.615, 0.44)), (0.5, 0.455)]),
        lighter(look.colour, 0.05),
        round_,
    )
    scene.line(oval(0.5, 0.437, 0.115, 0.019, 0, 180), darker(look.colour, 0.5), 0.006)
    scene.ellipse(0.5, 0.352, 0.03, 0.026, look.accent, ball)
    scene.fill(
        curve((0.38, 0.5), (0.345, 0.57), (0.36, 0.66), (0.378, 0.58), (0.38, 0.5)),
        lighter(look.colour, 0.55),
        blur=0.012,
    )


def _mouth(scene: Scene, look: Look, y: float, rx: float, ry: float) -> None:
    """Draw the rim and the visible part of the inside."""
    scene.ellipse(0.5, y, rx, ry, lighter(look.colour, 0.25), round_)
    scene.ellipse(0.5, y + 0.004, rx - 0.012, ry * 0.86, darker(look.colour, 0.3), inside)


def _band(y: float, rx: float, height: float, ry: float) -> Outline:
    """Draw a ring around a pot."""
    upper = oval(0.5, y, rx, ry, 180, 0)
    lower = oval(0.5, y + height, rx, ry, 0, 180)
    return [*upper, *lower]


def _speckles(
    scene: Scene, look: Look, top: float, bottom: float, reach: Callable[[float], float]
) -> None:
    """Draw the iron in the clay: dark specks at random."""
    dice = random.Random(3)  # noqa: S311 – a pattern, not a secret
    for _dot in range(170):
        y = dice.uniform(top, bottom)
        wide = reach(y) * 0.93
        x = 0.5 + dice.uniform(-wide, wide)
        scene.dot(x, y, dice.uniform(0.001, 0.0034), darker(look.colour, dice.uniform(0.4, 0.7)))


def _sprig(scene: Scene, look: Look) -> None:
    """Draw two dry stalks with small leaves."""
    if look.style != "sprig":
        return
    for bend, top in ((-0.12, 0.03), (0.1, 0.06)):
        stalk = curve((0.5, 0.3), (0.5 + bend * 0.4, 0.18), (0.5 + bend, top))
        scene.line(stalk, "#8a7650", 0.005)
        for step in range(6, len(stalk), 3):
            x, y = stalk[step]
            for side in (-1, 1):
                scene.fill(
                    curve(
                        (x, y),
                        (x + side * 0.028, y - 0.026),
                        (x + side * 0.05, y - 0.02),
                        (x + side * 0.026, y - 0.004),
                        (x, y),
                    ),
                    "#8f9a6b" if side < 0 else "#a5ad7c",
                )
