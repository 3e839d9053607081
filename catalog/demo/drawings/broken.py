"""A bowl that arrived broken, as a shopper photographs it."""

import io
from functools import lru_cache

from . import pots
from .light import darker, lighter, round_, soft
from .studio import Look, Scene, View

# From a chip in the rim down to the foot.
CRACK = [(0.405, 0.63), (0.395, 0.643), (0.43, 0.69), (0.42, 0.735), (0.445, 0.79)]
CHIP = [(0.335, 0.563), (0.372, 0.535), (0.43, 0.545), (0.452, 0.574), (0.405, 0.63), (0.36, 0.6)]
SHARD = [(0.18, 0.79), (0.225, 0.755), (0.295, 0.775), (0.31, 0.81), (0.245, 0.835), (0.195, 0.82)]
VIEWS = {"whole": View(), "near": View(2.1, 0.4, 0.62)}


@lru_cache(maxsize=8)
def broken_bowl(look: Look, view: str) -> bytes:
    """Draw a JPEG of a bowl with a crack, a missing chip, and the chip beside it.

    Args:
        view: a key of `VIEWS`.
    """
    scene = Scene("#d8d2c6", VIEWS[view])
    pots.bowl(scene, look)
    inner, edge = darker(look.colour, 0.42), lighter(look.colour, 0.35)
    scene.fill(CHIP, inner, soft)
    scene.line([*CHIP[3:], CHIP[0]], edge, 0.006)
    scene.line([(x + 0.004, y) for x, y in CRACK[1:]], edge, 0.003)
    scene.line(CRACK, darker(look.colour, 0.72), 0.005)
    scene.line([CRACK[1], (0.36, 0.672), (0.345, 0.7)], darker(look.colour, 0.72), 0.003)
    scene.shadow(0.25, 0.832, 0.06, 0.012)
    scene.fill([(x, y + 0.012) for x, y in SHARD], inner, soft)
    scene.fill(SHARD, look.colour, round_)
    scene.line([*SHARD, SHARD[0]], edge, 0.003)
    buffer = io.BytesIO()
    scene.finished().save(buffer, "JPEG", quality=84)
    return buffer.getvalue()
