"""Generated pictures of the demo's products, drawn from shapes and light."""

import io
from functools import lru_cache

from . import bags, clothes, cloths, lights, plants, pots, prints, rooms
from .studio import VIEWS, Look, Scene, View

# The centre of each kind's detail view; "kind style" overrides "kind".
CLOSE: dict[str, tuple[float, float]] = {
    "bowl": (0.36, 0.55),
    "plate": (0.33, 0.52),
    "jug": (0.6, 0.42),
    "teapot": (0.42, 0.5),
    "vase": (0.5, 0.36),
    "candle": (0.46, 0.33),
    "candle glass": (0.5, 0.58),
    "lamp": (0.54, 0.47),
    "cushion": (0.34, 0.36),
    "throw": (0.4, 0.62),
    "shawl": (0.5, 0.6),
    "cardigan": (0.5, 0.42),
    "bag": (0.44, 0.52),
    "print": (0.5, 0.42),
    "monstera": (0.42, 0.34),
    "olive": (0.5, 0.3),
    "sansevieria": (0.5, 0.45),
}
DRAWINGS = {
    "bowl": pots.bowl,
    "plate": pots.plate,
    "jug": pots.jug,
    "teapot": pots.teapot,
    "vase": pots.vase,
    "candle": lights.candle,
    "lamp": lights.lamp,
    "cushion": cloths.cushion,
    "throw": cloths.throw,
    "shawl": cloths.shawl,
    "cardigan": clothes.cardigan,
    "bag": bags.bag,
    "print": prints.framed,
    "monstera": plants.monstera,
    "olive": plants.olive,
    "sansevieria": plants.sansevieria,
}


@lru_cache(maxsize=512)  # tests create the demo more than once
def draw(kind: str, look: Look, view: str) -> bytes:
    """Draw a square JPEG of a product.

    Args:
        kind: a key of `DRAWINGS`.
        view: one of `VIEWS`: from the front, a detail, or in a room.
    """
    if view == "room":
        scene = rooms.furnish(kind, look)
    else:
        x, y = CLOSE.get(f"{kind} {look.style}", CLOSE[kind])
        near = View(2.3, x, y) if view == "detail" else View()
        scene = Scene(look.ground, near, lying=kind in rooms.LYING)
    DRAWINGS[kind](scene, look)
    buffer = io.BytesIO()
    scene.finished().save(buffer, "JPEG", quality=84)
    return buffer.getvalue()


__all__ = ["DRAWINGS", "VIEWS", "Look", "draw"]
