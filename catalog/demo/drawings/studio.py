"""A canvas with soft light from the left, on which products are drawn."""

import math
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .light import (
    CANVAS,
    GRID,
    LIFT,
    NEUTRAL,
    SCALE,
    Shade,
    backdrop,
    flat,
    grain,
    light_of,
    lighter,
    rgb,
    round_,
    round_spot,
    stretched,
)
from .shapes import Outline, Point, oval
from .textures import tiled

VIEWS = ("front", "detail", "room")


@dataclass(frozen=True)
class Look:
    """The appearance of a product.

    Args:
        colour, accent: "#rrggbb", matching the title.
        ground: colour of the background.
        style: a variant that the kind's drawing knows.
    """

    colour: str
    accent: str = "#f3ead9"
    ground: str = "#e9e2d6"
    style: str = ""


@dataclass(frozen=True)
class View:
    """The part of the unit square that the picture shows: magnified, with (x, y) at `shift`."""

    zoom: float = 1.0
    x: float = 0.5
    y: float = 0.5
    shift: Point = (0.5, 0.5)


class Scene:
    """A picture being drawn. Coordinates run from (0, 0), top left, to (1, 1), bottom right."""

    def __init__(self, ground: str, view: View, *, lying: bool = False) -> None:
        self.view = view
        self.image = backdrop(ground, lying, view.zoom > 1.5).copy()
        self.pen = ImageDraw.Draw(self.image)

    def place(self, x: float, y: float) -> Point:
        view = self.view
        return (
            ((x - view.x) * view.zoom + view.shift[0]) * CANVAS,
            ((y - view.y) * view.zoom + view.shift[1]) * CANVAS,
        )

    def places(self, outline: Outline) -> list[Point]:
        return [self.place(x, y) for x, y in outline]

    def width(self, units: float) -> int:
        return max(1, round(units * self.view.zoom * CANVAS))

    def fill(
        self,
        outline: Outline,
        colour: str,
        shade: Shade = round_,
        texture: str = "",
        *,
        blur: float = 0,
    ) -> None:
        """Fill a shape with a shaded colour and a texture; `blur` softens the edge."""
        self._fill(self.places(outline), colour, shade, texture, self.width(blur) if blur else 0)

    def _fill(
        self, points: list[Point], colour: str, shade: Shade, texture: str, blur: int
    ) -> None:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        left, top = math.floor(min(xs)), math.floor(min(ys))
        size = (max(1, math.ceil(max(xs)) - left), max(1, math.ceil(max(ys)) - top))
        # Only draw what is inside the picture, with the light of the whole shape.
        box = (max(0, left), max(0, top), min(CANVAS, left + size[0]), min(CANVAS, top + size[1]))
        if box[0] >= box[2] or box[1] >= box[3]:
            return
        seen = (box[2] - box[0], box[3] - box[1])
        mask = Image.new("L", seen)
        ImageDraw.Draw(mask).polygon([(x - box[0], y - box[1]) for x, y in points], fill=255)
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur))
        part = (
            (box[0] - left) / size[0] * GRID,
            (box[1] - top) / size[1] * GRID,
            (box[2] - left) / size[0] * GRID,
            (box[3] - top) / size[1] * GRID,
        )
        if shade is flat and not texture:
            self.image.paste(rgb(lighter(colour, LIFT)), box[:2], mask)
            return
        paint = stretched(light_of(shade, colour), seen, part)
        if texture:
            cloth = tiled(texture, max(6, self.width(0.022)))
            paint = ImageChops.multiply(paint, cloth.crop((0, 0, *seen)))
        self.image.paste(paint, box[:2], mask)

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, colour: str, shade: Shade = flat
    ) -> None:
        self.fill(oval(x, y, rx, ry), colour, shade)

    def line(self, outline: Outline, colour: str, width: float) -> None:
        points = self.places(outline)
        self.pen.line(points, fill=colour, width=self.width(width), joint="curve")

    def dot(self, x: float, y: float, radius: float, colour: str) -> None:
        (px, py), r = self.place(x, y), self.width(radius)
        self.pen.ellipse((px - r, py - r, px + r, py + r), fill=colour)

    def glow(self, x: float, y: float, radius: float, colour: str, strength: float) -> None:
        """Draw light around a flame or a bulb."""
        self.spot(x, y, radius, radius, colour, strength)

    def spot(self, x: float, y: float, rx: float, ry: float, colour: str, strength: float) -> None:
        (px, py), w, h = self.place(x, y), self.width(rx), self.width(ry)
        mask = stretched(round_spot(strength), (2 * w, 2 * h), None)
        self.image.paste(rgb(colour), (round(px) - w, round(py) - h), mask)

    def shadow(self, x: float, y: float, rx: float, ry: float = 0.03) -> None:
        """Draw the shadow of something at (x, y): dark below it, longer to the right."""
        self.spot(x + rx * 0.35, y, rx * 1.55, ry * 2.2, "#3b2c1f", 0.34)
        self.spot(x, y, rx * 1.12, ry * 1.2, "#2b1e14", 0.5)

    def finished(self) -> Image.Image:
        return ImageChops.add(self.image.reduce(SCALE), grain(), offset=-NEUTRAL)
