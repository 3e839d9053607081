"""Leather bags."""

from .light import ball, darker, lighter, soft
from .shapes import Outline, curve, oval
from .studio import Look, Scene


def bag(scene: Scene, look: Look) -> None:
    """Draw a bag: with a flap and a strap, a tote with two handles, or a small one."""
    match look.style:
        case "tote":
            _tote(scene, look)
        case _:
            _flap_bag(scene, look, wide=0.26 if look.style == "small" else 0.3)


def _flap_bag(scene: Scene, look: Look, wide: float) -> None:
    left, right, top, bottom = 0.5 - wide, 0.5 + wide, 0.46, 0.82
    scene.shadow(0.5, bottom, wide, 0.032)
    strap = curve(
        (left + 0.02, top + 0.03),
        (left + 0.01, 0.28),
        (0.4, 0.12),
        (0.6, 0.12),
        (right - 0.01, 0.28),
        (right - 0.02, top + 0.03),
    )
    scene.line(strap, darker(look.colour, 0.45), 0.03)
    scene.line([(x - 0.003, y - 0.003) for x, y in strap], darker(look.colour, 0.12), 0.022)
    scene.fill(_rounded(left, top, right, bottom, 0.05), look.colour, soft, "leather")
    _stitches(scene, look, left + 0.02, right - 0.02, bottom - 0.022)
    low = 0.66
    flap: Outline = [
        *curve((left - 0.006, top + 0.04), (left + 0.01, top - 0.01), (left + 0.06, top - 0.02)),
        *curve((right - 0.06, top - 0.02), (right - 0.01, top - 0.01), (right + 0.006, top + 0.04)),
        *curve(
            (right + 0.002, low - 0.06),
            (right - 0.05, low),
            (0.5, low + 0.035),
            (left + 0.05, low),
            (left - 0.002, low - 0.06),
        ),
    ]
    scene.fill([(x + 0.004, y + 0.014) for x, y in flap], darker(look.colour, 0.6), soft, blur=0.01)
    scene.fill(flap, lighter(look.colour, 0.06), soft, "leather")
    seam = curve(
        (left + 0.016, low - 0.075),
        (left + 0.06, low - 0.018),
        (0.5, low + 0.014),
        (right - 0.06, low - 0.018),
        (right - 0.016, low - 0.075),
    )
    _dashes(scene, look, seam)
    scene.fill(
        _rounded(0.47, low - 0.05, 0.53, low + 0.075, 0.02),
        darker(look.colour, 0.18),
        soft,
        "leather",
    )
    scene.line([*oval(0.5, low + 0.02, 0.026, 0.021)], "#c9a454", 0.008)
    scene.line([(0.5, low + 0.004), (0.5, low + 0.036)], "#e3c67c", 0.006)
    for x in (left + 0.02, right - 0.02):
        scene.ellipse(x, top + 0.03, 0.014, 0.014, "#c9a454", ball)


def _tote(scene: Scene, look: Look) -> None:
    scene.shadow(0.5, 0.845, 0.28, 0.034)
    for side, y in ((1, 0.11), (-1, 0.14)):
        handle = curve((0.37, 0.42), (0.385, y + 0.1), (0.5, y), (0.615, y + 0.1), (0.63, 0.42))
        scene.line(handle, darker(look.colour, 0.5 if side > 0 else 0.35), 0.026)
        if side < 0:
            scene.line(
                [(x - 0.003, py - 0.003) for x, py in handle], lighter(look.colour, 0.05), 0.016
            )
    body = [
        (0.2, 0.36),
        (0.8, 0.36),
        *curve((0.77, 0.6), (0.745, 0.82), (0.73, 0.85)),
        *curve((0.5, 0.858), (0.27, 0.85)),
        *curve((0.255, 0.82), (0.23, 0.6)),
    ]
    scene.fill(body, look.colour, soft, "leather")
    scene.fill(
        [(0.2, 0.36), (0.8, 0.36), (0.795, 0.39), (0.205, 0.39)],
        darker(look.colour, 0.2),
        soft,
        "leather",
    )
    _stitches(scene, look, 0.22, 0.78, 0.378)
    _stitches(scene, look, 0.29, 0.71, 0.822)
    for x in (0.37, 0.63):
        scene.fill(
            _rounded(x - 0.022, 0.35, x + 0.022, 0.47, 0.012),
            darker(look.colour, 0.16),
            soft,
            "leather",
        )
        for y in (0.385, 0.445):
            scene.ellipse(x, y, 0.0085, 0.0085, "#c9a454", ball)
    scene.fill(_rounded(0.44, 0.55, 0.56, 0.62, 0.01), darker(look.colour, 0.13), soft, "leather")
    _stitches(scene, look, 0.452, 0.548, 0.561)
    _stitches(scene, look, 0.452, 0.548, 0.609)


def _stitches(scene: Scene, look: Look, left: float, right: float, y: float) -> None:
    x = left
    while x < right - 0.01:
        scene.line([(x, y), (x + 0.01, y)], look.accent, 0.0032)
        x += 0.017


def _dashes(scene: Scene, look: Look, line: Outline) -> None:
    for a, b in zip(line[::2], line[1::2], strict=False):
        scene.line([a, ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)], look.accent, 0.0032)


def _rounded(left: float, top: float, right: float, bottom: float, radius: float) -> Outline:
    return [
        *oval(left + radius, top + radius, radius, radius, 180, 270),
        *oval(right - radius, top + radius, radius, radius, 270, 360),
        *oval(right - radius, bottom - radius, radius, radius, 0, 90),
        *oval(left + radius, bottom - radius, radius, radius, 90, 180),
    ]
