"""Clothes."""

from .light import darker, folds, lighter, soft
from .shapes import curve, mirrored
from .studio import Look, Scene


def cardigan(scene: Scene, look: Look) -> None:
    """Draw a buttoned cardigan, laid out flat, or a small one for babies."""
    scene.spot(0.54, 0.57, 0.5, 0.46, "#3b2c1f", 0.3)
    for side in (-1, 1):
        sleeve = [
            (0.5 + side * x, y)
            for x, y in (
                *curve((0.2, 0.205), (0.3, 0.27), (0.385, 0.5), (0.415, 0.72)),
                *curve((0.335, 0.745), (0.29, 0.6), (0.235, 0.45), (0.2, 0.38)),
            )
        ]
        scene.fill(
            [(x + 0.01, y + 0.012) for x, y in sleeve], darker(look.colour, 0.6), soft, blur=0.008
        )
        scene.fill(sleeve, darker(look.colour, 0.06 if side < 0 else 0.16), folds, "knit")
        cuff = [
            (0.5 + side * x, y)
            for x, y in ((0.418, 0.715), (0.424, 0.77), (0.332, 0.79), (0.328, 0.74))
        ]
        scene.fill(cuff, darker(look.colour, 0.22), soft, "weave")
    half = curve((0.575, 0.175), (0.7, 0.205), (0.735, 0.36), (0.725, 0.6), (0.735, 0.8))
    body = mirrored([*half, (0.5, 0.805)])
    scene.fill(body, look.colour, soft, "knit")
    if look.style == "yoke":
        for y, width in ((0.33, 0.02), (0.375, 0.012), (0.41, 0.006)):
            scene.fill(
                [(0.268, y), (0.732, y), (0.732, y + width), (0.268, y + width)],
                look.accent,
                soft,
                "knit",
            )
    scene.fill(
        mirrored([(0.737, 0.79), (0.735, 0.86), (0.5, 0.865), (0.5, 0.795)]),
        darker(look.colour, 0.14),
        soft,
        "weave",
    )
    neck = mirrored([*curve((0.582, 0.17), (0.555, 0.27), (0.5, 0.4))])
    scene.fill(neck, darker(look.colour, 0.55), soft)
    for side in (-1, 1):
        band = [
            (0.5 + side * x, y)
            for x, y in curve((0.09, 0.168), (0.066, 0.27), (0.012, 0.4), (0.012, 0.862))
        ]
        scene.line(band, darker(look.colour, 0.2 if side > 0 else 0.1), 0.03)
    scene.line([(0.498, 0.41), (0.498, 0.865)], darker(look.colour, 0.45), 0.003)
    for number in range(5):
        y = 0.45 + number * 0.092
        scene.dot(0.514, y + 0.003, 0.014, darker(look.colour, 0.5))
        scene.dot(0.512, y, 0.013, look.accent)
        for offset in (-0.004, 0.004):
            scene.dot(0.512 + offset, y, 0.0018, darker(look.accent, 0.6))
    for x in (0.315, 0.585):
        scene.line([(x, 0.645), (x + 0.1, 0.645)], darker(look.colour, 0.3), 0.008)
        scene.line([(x, 0.637), (x + 0.1, 0.637)], lighter(look.colour, 0.1), 0.004)
