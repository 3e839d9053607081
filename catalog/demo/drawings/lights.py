"""Lamps and candles."""

from .light import darker, flat, inside, lighter, mix, round_
from .shapes import curve, mirrored, oval
from .studio import Look, Scene


def candle(scene: Scene, look: Look) -> None:
    """Draw a burning candle: a pillar, a pair of tall ones, or one in a glass."""
    match look.style:
        case "glass":
            _candle_in_glass(scene, look)
        case "pair":
            _stick(scene, look, 0.4, 0.2, 0.82)
            _stick(scene, look, 0.6, 0.29, 0.84)
        case _:
            scene.shadow(0.5, 0.83, 0.15)
            scene.glow(0.5, 0.27, 0.42, "#ffe3a6", 0.75)
            _wax(scene, look, 0.5, 0.14, 0.38, 0.82)
            _flame(scene, 0.5, 0.385)


def lamp(scene: Scene, look: Look) -> None:
    """Draw a lit table lamp, with a cone shade, a paper globe, or a bent arm."""
    scene.glow(0.5, 0.36, 0.62, "#ffe9bd", 0.8)
    scene.shadow(0.5, 0.845, 0.15, 0.024)
    foot = "#b98d5a" if look.style != "brass" else "#b08a3c"
    if look.style == "globe":
        for x in (0.38, 0.62):
            scene.line([(0.5 + (x - 0.5) * 0.3, 0.62), (x, 0.845)], darker(foot, 0.2), 0.014)
        scene.line([(0.5, 0.6), (0.51, 0.83)], darker(foot, 0.4), 0.013)
        scene.ellipse(0.5, 0.4, 0.235, 0.24, lighter(look.colour, 0.25), _lit)
        for ring in range(-5, 6):
            y = 0.4 + ring * 0.04
            reach = 0.235 * (1 - ((y - 0.4) / 0.24) ** 2) ** 0.5
            scene.line(oval(0.5, y, reach, 0.022, 10, 170), darker(look.colour, 0.13), 0.003)
        return
    scene.fill(
        mirrored([(0.5, 0.8), *curve((0.53, 0.8), (0.62, 0.826), (0.63, 0.848)), (0.5, 0.862)]),
        foot,
        round_,
    )
    if look.style == "turned":
        scene.fill(
            mirrored(
                curve(
                    (0.515, 0.5),
                    (0.53, 0.56),
                    (0.575, 0.63),
                    (0.55, 0.7),
                    (0.522, 0.75),
                    (0.53, 0.81),
                )
            ),
            look.accent,
            round_,
        )
    else:
        scene.fill(mirrored([(0.512, 0.5), (0.512, 0.82)]), foot, round_)
    scene.ellipse(0.5, 0.52, 0.22, 0.03, "#fff3d2")
    scene.fill(
        [*oval(0.5, 0.2, 0.1, 0.013, 180, 360), *oval(0.5, 0.52, 0.22, 0.03, 0, 180)],
        look.colour,
        _lit,
        "weave",
    )
    scene.ellipse(0.5, 0.2, 0.1, 0.013, lighter(look.colour, 0.55))
    scene.line(oval(0.5, 0.52, 0.22, 0.03, 0, 180), darker(look.colour, 0.2), 0.006)
    if look.style == "pleated":
        for step in range(1, 16):
            share = step / 16 * 2 - 1
            low = 0.52 + 0.03 * (1 - share**2) ** 0.5
            scene.line(
                [(0.5 + share * 0.1, 0.206), (0.5 + share * 0.22, low)],
                darker(look.colour, 0.16),
                0.003,
            )


def _lit(x: float, y: float) -> float:
    """Draw a shade with a bulb behind it: brightest in the middle."""
    return 1.0 - 0.42 * abs(x - 0.5) - 0.22 * (y - 0.62) ** 2


def _wax(scene: Scene, look: Look, x: float, radius: float, top: float, bottom: float) -> None:
    ry = radius * 0.2
    body = [*oval(x, top, radius, ry, 180, 360), *oval(x, bottom, radius, ry, 0, 180)]
    scene.fill(body, look.colour, round_)
    scene.ellipse(x, top, radius, ry, lighter(look.colour, 0.42), flat)
    scene.ellipse(x, top + 0.004, radius * 0.72, ry * 0.62, mix(look.colour, "#ffdf8e", 0.55))
    if radius > 0.1:  # a drop that ran down
        run = curve(
            (x - 0.09, top + 0.03),
            (x - 0.085, top + 0.15),
            (x - 0.07, top + 0.16),
            (x - 0.062, top + 0.1),
            (x - 0.05, top + 0.03),
        )
        scene.fill(run, lighter(look.colour, 0.3), round_)


def _flame(scene: Scene, x: float, y: float, size: float = 1) -> None:
    scene.line([(x, y), (x + 0.003, y - 0.04 * size)], "#3a2c20", 0.005)
    for width, height, colour in (
        (0.032, 0.13, "#ffb545"),
        (0.021, 0.095, "#ffd978"),
        (0.011, 0.05, "#fff6da"),
    ):
        w, h = width * size, height * size
        scene.fill(
            curve(
                (x, y - 0.022 * size - h),
                (x + w * 0.7, y - h * 0.5),
                (x + w * 0.8, y - 0.026 * size),
                (x, y - 0.016 * size),
                (x - w * 0.8, y - 0.026 * size),
                (x - w * 0.7, y - h * 0.5),
                (x, y - 0.022 * size - h),
            ),
            colour,
            flat,
            blur=0.004,
        )


def _stick(scene: Scene, look: Look, x: float, top: float, foot: float) -> None:
    scene.glow(x, top - 0.07, 0.24, "#ffe3a6", 0.7)
    scene.shadow(x, foot, 0.085, 0.018)
    scene.fill(
        [*oval(x, top, 0.02, 0.005, 180, 360), *oval(x, foot - 0.07, 0.026, 0.005, 0, 180)],
        look.colour,
        round_,
    )
    holder = mirrored(
        [
            *curve((x + 0.034, foot - 0.1), (x + 0.03, foot - 0.04), (x + 0.075, foot - 0.012)),
            (x, foot + 0.004),
        ],
        x,
    )
    scene.fill(holder, "#a9853f", round_)
    _flame(scene, x, top + 0.002, 0.75)


def _candle_in_glass(scene: Scene, look: Look) -> None:
    scene.shadow(0.5, 0.8, 0.2, 0.03)
    scene.glow(0.5, 0.42, 0.34, "#ffe3a6", 0.7)
    _wax(scene, look, 0.5, 0.168, 0.53, 0.78)
    _flame(scene, 0.5, 0.535, 0.9)
    glass = [*oval(0.5, 0.4, 0.18, 0.036, 180, 360), *oval(0.5, 0.785, 0.18, 0.036, 0, 180)]
    scene.line([*glass, glass[0]], "#f5f1e6", 0.006)
    scene.line(oval(0.5, 0.4, 0.18, 0.036, 0, 180), "#f5f1e6", 0.004)
    scene.fill(
        [(0.345, 0.44), (0.365, 0.445), (0.365, 0.77), (0.345, 0.76)], "#ffffff", flat, blur=0.006
    )
    scene.fill(
        [(0.42, 0.61), (0.58, 0.61), (0.58, 0.72), (0.42, 0.72)], look.accent, inside, "paper"
    )
    for y, reach in ((0.64, 0.05), (0.66, 0.035), (0.69, 0.06)):
        scene.line([(0.5 - reach, y), (0.5 + reach, y)], darker(look.accent, 0.6), 0.004)
