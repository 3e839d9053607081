"""Compare pictures."""

import io

from PIL import Image, ImageChops, ImageStat


def thumbnail(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture)).convert("RGB").resize((24, 24))


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return how much two pictures differ on average, of 255."""
    parts = ImageStat.Stat(ImageChops.difference(one, other)).mean
    return sum(parts) / len(parts)
