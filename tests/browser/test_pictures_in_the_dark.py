"""A drawing with a transparent background is visible in light and dark mode."""

import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image, ImageDraw
from playwright.sync_api import Route

from catalog.models import Product
from tests.browser.acts import Person
from tests.products import ProductImageFactory
from tests.whole import only_whole


def drawing(colour: str) -> bytes:
    picture = Image.new("RGBA", (400, 400))
    ImageDraw.Draw(picture).ellipse((100, 100, 300, 300), fill=colour)
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", lossless=True)
    return buffer.getvalue()


def serve(route: Route) -> None:
    """Give the servers their own folder for uploads."""
    colour = "black" if "black" in route.request.url else "white"
    route.fulfill(body=drawing(colour), content_type="image/webp")


@only_whole
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_drawing_on_a_transparent_ground_is_seen(
    scheme: Any, person: Person, product: Product
) -> None:
    page = person(None, color_scheme=scheme, java_script_enabled=False)
    page.route("**/media/**", serve)
    for colour in ("black", "white"):
        file = ContentFile(drawing(colour), name=f"{colour}.webp")
        ProductImageFactory(product=product, file=file, width=400, height=400)
    page.goto(product.get_absolute_url(), wait_until="networkidle")
    for picture in page.locator(".gallery img").all():
        shown = Image.open(io.BytesIO(picture.screenshot())).convert("L")
        width, height = shown.size
        ground, ink = (
            shown.getpixel((width * part // 20, height * part // 20)) for part in (2, 10)
        )
        assert isinstance(ground, int)
        assert isinstance(ink, int)
        assert abs(ground - ink) > 24
