"""Rooms for the third picture of a product: a table, a sofa, a wall, a floor."""

from .light import darker, flat, lighter, mix, round_, soft
from .shapes import curve, oval
from .studio import Look, Scene, View

LYING = {"plate", "cardigan", "shawl", "print"}  # no table edge behind them
HANGING = {"print", "shawl", "cardigan"}
ON_SOFA = {"cushion", "throw"}
ON_FLOOR = {"monstera", "olive", "sansevieria"}
WHOLE = View()


def furnish(kind: str, look: Look) -> Scene:
    """Draw the room for a kind of product, then set the scene's view to the product's place."""
    scene = Scene(mix(look.ground, "#cfc6b8", 0.35), WHOLE, lying=True)
    _sunlight(scene)
    if kind in HANGING:
        thing = _wall(scene, look)
    elif kind in ON_SOFA:
        thing = _sofa(scene, look)
    elif kind in ON_FLOOR:
        thing = _floor(scene, look)
    else:
        thing = _table(scene, look, flat_thing=kind == "plate")
    scene.view = thing
    return scene


def _sunlight(scene: Scene) -> None:
    """Draw light from a window on the wall."""
    for x, y in ((0.1, 0.08), (0.27, 0.1), (0.1, 0.31), (0.27, 0.33)):
        pane = [(x, y), (x + 0.15, y + 0.018), (x + 0.15, y + 0.215), (x, y + 0.197)]
        scene.fill(pane, "#fff3d8", flat, blur=0.009)


def _table(scene: Scene, look: Look, *, flat_thing: bool) -> View:
    """Draw a wooden table with a few other objects on it."""
    top = 0.74
    wood = "#b8895a"
    scene.fill([(0, top), (1, top), (1, 1), (0, 1)], wood, soft, "paper")
    for y in (0.8, 0.87, 0.95):
        scene.line(
            curve((0, y), (0.3, y + 0.006), (0.7, y - 0.005), (1, y + 0.004)),
            darker(wood, 0.16),
            0.003,
        )
    scene.fill([(0, top), (1, top), (1, top + 0.006), (0, top + 0.006)], lighter(wood, 0.4), flat)
    # Books, and a glass of water.
    scene.shadow(0.8, 0.815, 0.15, 0.02)
    for number, (width, colour) in enumerate(
        ((0.15, "#54676b"), (0.135, "#c79a63"), (0.14, "#8c4f43"))
    ):
        y = 0.775 - number * 0.036
        scene.fill(
            [
                (0.8 - width, y),
                (0.8 + width, y),
                (0.8 + width, y + 0.035),
                (0.8 - width, y + 0.035),
            ],
            colour,
            soft,
        )
        scene.fill(
            [
                (0.8 + width - 0.012, y + 0.006),
                (0.8 + width, y + 0.006),
                (0.8 + width, y + 0.029),
                (0.8 + width - 0.012, y + 0.029),
            ],
            "#efe6d2",
            flat,
        )
    scene.shadow(0.63, 0.9, 0.045, 0.014)
    scene.fill(
        [*oval(0.63, 0.81, 0.04, 0.009, 180, 360), *oval(0.63, 0.9, 0.034, 0.008, 0, 180)],
        "#e4ebe6",
        round_,
    )
    scene.ellipse(0.63, 0.81, 0.04, 0.009, "#f6faf6")
    scene.ellipse(0.63, 0.83, 0.036, 0.008, "#c9d8d3")
    return View(0.62, 0.5, 0.84, (0.36, 0.9 if not flat_thing else 0.99))


def _sofa(scene: Scene, look: Look) -> View:
    """Draw a sofa against the wall; the product lies on its seat."""
    cover = mix("#8d8f86", look.ground, 0.25)
    if abs(sum(int(look.colour[i : i + 2], 16) for i in (1, 3, 5)) - 420) < 90:
        cover = "#5c6468"
    scene.fill([(0, 0.86), (1, 0.86), (1, 1), (0, 1)], "#a97f55", soft, "paper")
    scene.shadow(0.5, 0.93, 0.46, 0.03)
    scene.fill(
        [
            *curve((0.1, 0.6), (0.1, 0.4), (0.16, 0.36)),
            *curve((0.84, 0.36), (0.9, 0.4), (0.9, 0.6)),
        ],
        cover,
        soft,
        "weave",
    )
    scene.line([(0.5, 0.37), (0.5, 0.6)], darker(cover, 0.3), 0.005)
    scene.fill(
        [
            *curve((0.09, 0.68), (0.1, 0.61), (0.14, 0.595)),
            *curve((0.86, 0.595), (0.9, 0.61), (0.91, 0.68)),
            (0.91, 0.88),
            (0.09, 0.88),
        ],
        lighter(cover, 0.08),
        soft,
        "weave",
    )
    scene.line([(0.1, 0.75), (0.9, 0.75)], darker(cover, 0.35), 0.006)
    for side in (0, 1):
        edge = [
            (x if not side else 1 - x, y)
            for x, y in (
                *curve((0.02, 0.56), (0.04, 0.5), (0.1, 0.5), (0.15, 0.53)),
                (0.15, 0.9),
                (0.02, 0.9),
            )
        ]
        scene.fill(edge, darker(cover, 0.05 + 0.1 * side), round_, "weave")
    for x in (0.08, 0.92):
        scene.fill(
            [(x - 0.012, 0.89), (x + 0.012, 0.89), (x + 0.008, 0.95), (x - 0.008, 0.95)],
            "#6b4a2c",
            round_,
        )
    return View(0.5, 0.5, 0.82, (0.36, 0.7))


def _wall(scene: Scene, look: Look) -> View:
    """Draw a wall over a sideboard."""
    wood = "#a87a4c"
    scene.fill([(0, 0.93), (1, 0.93), (1, 1), (0, 1)], "#c7b79d", soft)
    scene.fill([(0.08, 0.76), (0.92, 0.76), (0.92, 0.95), (0.08, 0.95)], wood, soft, "paper")
    scene.fill([(0.06, 0.745), (0.94, 0.745), (0.94, 0.77), (0.06, 0.77)], lighter(wood, 0.2), soft)
    for x in (0.36, 0.64):
        scene.line([(x, 0.775), (x, 0.945)], darker(wood, 0.35), 0.004)
    for x in (0.33, 0.39, 0.67):
        scene.dot(x, 0.86, 0.007, "#d9b878")
    scene.shadow(0.8, 0.745, 0.05, 0.012)
    scene.fill(
        [
            *oval(0.8, 0.64, 0.026, 0.007, 180, 360),
            *curve((0.826, 0.64), (0.86, 0.69), (0.83, 0.745)),
            *curve((0.77, 0.745), (0.74, 0.69), (0.774, 0.64)),
        ],
        "#d8cdbb",
        round_,
    )
    for bend in (-0.06, 0.0, 0.07):
        scene.line(
            curve((0.8, 0.645), (0.8 + bend * 0.4, 0.56), (0.8 + bend, 0.48)), "#94814f", 0.004
        )
        scene.ellipse(0.8 + bend, 0.478, 0.014, 0.022, "#c2a564", round_)
    scene.shadow(0.2, 0.748, 0.08, 0.012)
    for number, colour in enumerate(("#6b7f78", "#b5654a")):
        y = 0.722 - number * 0.024
        scene.fill([(0.12, y), (0.28, y), (0.28, y + 0.024), (0.12, y + 0.024)], colour, soft)
    return View(0.62, 0.5, 0.5, (0.46, 0.37))


def _floor(scene: Scene, look: Look) -> View:
    """Draw floorboards by the window, and a chair."""
    wood = "#bd9468"
    scene.fill([(0, 0.78), (1, 0.78), (1, 1), (0, 1)], wood, soft, "paper")
    for x in (-0.3, 0.0, 0.25, 0.5, 0.75, 1.0, 1.3):
        scene.line(
            [(0.5 + (x - 0.5) * 0.8, 0.78), (0.5 + (x - 0.5) * 1.3, 1.0)], darker(wood, 0.18), 0.003
        )
    scene.fill([(0, 0.75), (1, 0.75), (1, 0.785), (0, 0.785)], "#f2ece0", soft)
    chair = "#6f4d31"
    scene.shadow(0.8, 0.93, 0.12, 0.02)
    for x, low in ((0.7, 0.93), (0.9, 0.93), (0.73, 0.88), (0.87, 0.88)):
        scene.line([(x, 0.68), (x, low)], darker(chair, 0.15), 0.016)
    for x in (0.7, 0.9):
        scene.line([(x, 0.4), (x, 0.68)], chair, 0.018)
    for y in (0.42, 0.5, 0.58):
        scene.line([(0.7, y), (0.9, y)], chair, 0.016)
    scene.fill(
        [(0.68, 0.66), (0.92, 0.66), (0.935, 0.7), (0.665, 0.7)],
        lighter(chair, 0.25),
        soft,
        "weave",
    )
    return View(0.82, 0.5, 0.85, (0.38, 0.92))
