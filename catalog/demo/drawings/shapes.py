"""Outlines as lists of points, from (0, 0), top left, to (1, 1), bottom right."""

import math
from collections.abc import Sequence

Point = tuple[float, float]
Outline = Sequence[Point]


def oval(x: float, y: float, rx: float, ry: float, start: float = 0, end: float = 360) -> Outline:
    """Return an ellipse, or an arc of it in degrees: 0 is right, 90 is down."""
    steps = 72
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(x + rx * math.cos(angle), y + ry * math.sin(angle)) for angle in angles]


def curve(*points: Point) -> Outline:
    """Return a smooth line through points (a Catmull–Rom spline)."""
    padded = [points[0], *points, points[-1]]
    line: list[Point] = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(12):
            t = step / 12
            line.append((_between(a[0], b[0], c[0], d[0], t), _between(a[1], b[1], c[1], d[1], t)))
    return [*line, points[-1]]


def _between(a: float, b: float, c: float, d: float, t: float) -> float:
    slopes = (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    return b + slopes / 2


def mirrored(half: Outline, axis: float = 0.5) -> Outline:
    """Complete a shape from its right half, which runs from top to bottom."""
    return [*half, *((2 * axis - x, y) for x, y in reversed(half))]
