"""Cushions, throws and shawls."""

from .light import darker, flat, folds, lighter, pillow, soft
from .shapes import Outline, curve
from .studio import Look, Scene


def cushion(scene: Scene, look: Look) -> None:
    """Draw a square cushion with puffed edges; plain, herringbone, striped or cabled."""
    scene.shadow(0.5, 0.82, 0.3, 0.035)
    outline = _cushion_edge(0.5, 0.5, 0.32)
    texture = {"herringbone": "herringbone", "cables": "knit"}.get(look.style, "weave")
    scene.fill([(x + 0.012, y + 0.012) for x, y in outline], darker(look.colour, 0.4), flat)
    scene.fill(outline, look.colour, pillow, texture)
    if look.style == "stripes":
        for y, width in (
            (0.34, 0.012),
            (0.37, 0.03),
            (0.4, 0.012),
            (0.6, 0.012),
            (0.63, 0.03),
            (0.66, 0.012),
        ):
            sag = (y - 0.5) * 0.05
            scene.fill(
                [
                    *curve((0.203, y), (0.5, y + sag), (0.797, y)),
                    *curve((0.797, y + width), (0.5, y + width + sag), (0.203, y + width)),
                ],
                look.accent,
                pillow,
                "weave",
            )
    if look.style == "cables":
        for x in (0.33, 0.5, 0.67):
            _cable(scene, look, x, 0.22, 0.78)
    scene.line([*outline, outline[0]], darker(look.colour, 0.25), 0.006)
    if look.style != "cables":
        for cx, cy in ((0.185, 0.185), (0.815, 0.185), (0.185, 0.815), (0.815, 0.815)):
            scene.dot(cx, cy, 0.012, look.accent)


def throw(scene: Scene, look: Look) -> None:
    """Draw a folded throw with stripes and a fringe."""
    scene.shadow(0.5, 0.82, 0.36, 0.04)
    for layer, (y, inset) in enumerate(((0.66, 0.0), (0.57, 0.008), (0.48, 0.004))):
        left, right = 0.15 + inset, 0.85 - inset
        fold = [
            *curve((left, y + 0.03), (left + 0.012, y), (left + 0.05, y - 0.005)),
            *curve(
                (0.5, y - 0.012), (right - 0.05, y - 0.005), (right - 0.01, y), (right, y + 0.03)
            ),
            *curve(
                (right, y + 0.1),
                (right - 0.014, y + 0.145),
                (0.5, y + 0.152),
                (left + 0.014, y + 0.145),
                (left, y + 0.1),
            ),
        ]
        scene.fill(
            [(x + 0.004, py + 0.012) for x, py in fold], darker(look.colour, 0.5), flat, blur=0.006
        )
        scene.fill(
            fold,
            darker(look.colour, 0.1 - layer * 0.04),
            _fold_light,
            "herringbone" if look.style == "herringbone" else "weave",
        )
        _stripes(scene, look, left, right, y)
    top = [(0.18, 0.475), *curve((0.2, 0.4), (0.5, 0.385), (0.8, 0.4)), (0.82, 0.475)]
    scene.fill(
        [*top, *curve((0.85, 0.49), (0.5, 0.478), (0.15, 0.49))],
        lighter(look.colour, 0.08),
        soft,
        "herringbone" if look.style == "herringbone" else "weave",
    )
    for number in range(46):
        x = 0.17 + number * 0.0147
        sway = (number * 7 % 5 - 2) * 0.003
        scene.line(
            curve((x, 0.805), (x + sway, 0.83), (x + sway * 2, 0.862)),
            darker(look.colour, 0.08 + number % 3 * 0.07),
            0.005,
        )


def shawl(scene: Scene, look: Look) -> None:
    """Draw a knitted triangle over a peg, with a fringe."""
    scene.spot(0.54, 0.52, 0.42, 0.42, "#3b2c1f", 0.3)
    scene.fill([(0.485, 0.1), (0.515, 0.1), (0.515, 0.18), (0.485, 0.18)], "#a5804f")
    left = [
        *curve((0.44, 0.17), (0.3, 0.26), (0.16, 0.52), (0.13, 0.66)),
        *curve((0.13, 0.66), (0.3, 0.74), (0.42, 0.8), (0.5, 0.88)),
    ]
    right = [
        *curve((0.5, 0.88), (0.58, 0.8), (0.7, 0.74), (0.87, 0.66)),
        *curve((0.87, 0.66), (0.84, 0.52), (0.7, 0.26), (0.56, 0.17)),
    ]
    body: Outline = [*left, *right, *curve((0.56, 0.17), (0.5, 0.14), (0.44, 0.17))]
    edge = [*left[len(left) // 2 :], *right[: len(right) // 2]]
    for number, (x, y) in enumerate(edge[::1]):
        sway = (number * 5 % 7 - 3) * 0.003
        scene.line(
            [(x, y - 0.01), (x + sway, y + 0.055)],
            darker(look.colour, 0.12 + number % 3 * 0.08),
            0.006,
        )
    scene.fill(body, look.colour, folds, "knit")
    for depth in (0.03, 0.075):
        line = [(0.5 + (x - 0.5) * 0.97, y - depth) for x, y in edge]
        scene.line(
            line,
            look.accent if look.style == "border" else darker(look.colour, 0.22),
            0.014 if look.style == "border" else 0.005,
        )
    for x in (0.44, 0.56):
        scene.line(
            curve((0.5 + (x - 0.5) * 0.4, 0.2), (x, 0.42), (0.5 + (x - 0.5) * 2, 0.7)),
            darker(look.colour, 0.25),
            0.004,
        )


def _cushion_edge(x: float, y: float, half: float) -> Outline:
    """Draw a square whose corners stick out."""
    dip = half * 0.93
    corner = (x - half, y - half)
    return curve(
        corner, (x, y - dip), (x + half, y - half), (x + dip, y),
        (x + half, y + half), (x, y + dip), (x - half, y + half), (x - dip, y), corner,
    )  # fmt: skip


def _cable(scene: Scene, look: Look, x: float, top: float, bottom: float) -> None:
    """Draw two strands that cross, as in a fisherman's jumper."""
    step = 0.08
    y = top
    while y + step <= bottom + 0.001:
        for side, colour in ((-1, darker(look.colour, 0.18)), (1, lighter(look.colour, 0.2))):
            strand = curve(
                (x + side * 0.035, y),
                (x + side * 0.02, y + step * 0.3),
                (x - side * 0.02, y + step * 0.7),
                (x - side * 0.035, y + step),
            )
            scene.line(strand, darker(look.colour, 0.4), 0.03)
            scene.line(strand, colour, 0.022)
        y += step


def _fold_light(x: float, y: float) -> float:
    return 1.0 - 0.16 * x - 0.42 * float(max(0.0, y - 0.45) ** 1.2)


def _stripes(scene: Scene, look: Look, left: float, right: float, y: float) -> None:
    if look.style == "herringbone":
        return
    for offset, width in ((0.1, 0.035), (0.15, 0.012), (0.54, 0.012), (0.565, 0.035)):
        x = left + offset
        if x + width < right:
            scene.fill(
                [(x, y - 0.004), (x + width, y - 0.006), (x + width, y + 0.147), (x, y + 0.147)],
                look.accent,
                _fold_light,
                "weave",
            )
