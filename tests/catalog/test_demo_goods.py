"""The demo's products: hand-written, and drawn as described."""

import re
from itertools import combinations

import pytest

from catalog.demo.drawings import DRAWINGS, Look, draw
from catalog.demo.shops import shops
from tests.languages import score
from tests.pictures import difference, thumbnail


def test_each_shop_writes_its_own_language() -> None:
    for shop in shops():
        texts = " ".join([shop.text, *(f"{goods.title}. {goods.text}" for goods in shop.goods)])
        other = "es" if shop.language == "en" else "en"
        assert score(texts, shop.language) > 3 * score(texts, other), shop.name


def test_at_least_fourteen_drawings_differ_from_each_other() -> None:
    styles = {"print": "tide"}
    small = {
        kind: thumbnail(draw(kind, Look("#7a6a52", style=styles.get(kind, "")), "front"))
        for kind in DRAWINGS
    }
    assert len(small) >= 14
    for one, other in combinations(small, 2):
        assert difference(small[one], small[other]) > 4, (one, other)


def test_no_two_products_look_alike() -> None:
    looks = [(goods.kind, goods.look) for shop in shops() for goods in shop.goods]
    small = [thumbnail(draw(kind, look, "front")) for kind, look in looks]
    for one, other in combinations(range(len(small)), 2):
        assert difference(small[one], small[other]) > 1, (looks[one], looks[other])


@pytest.mark.parametrize(
    ("words", "channel"), [("red rust", 0), ("green verde", 1), ("blue blues azul", 2)]
)
def test_a_picture_has_the_colour_that_its_title_says(words: str, channel: int) -> None:
    named = [
        goods.look
        for shop in shops()
        for goods in shop.goods
        if {*words.split()} & {*re.findall(r"\w+", goods.title.lower())}
    ]
    assert len(named) >= 2
    for look in named:
        parts = [
            [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
            for colour in (look.colour, look.accent)
        ]
        assert any(max(part) == part[channel] for part in parts), look
