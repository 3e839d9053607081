"""Reads the demo's shops and products from `shops/<language>/`, which has one file per shop.

Prices are in minor units of the shop's currency.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .drawings import VIEWS, Look

FOLDER = Path(__file__).parent / "shops"
# Alt texts of a product's pictures, by language.
ALT = {
    "en": {"front": "{title}", "detail": "{title}, from close up", "room": "{title}, at home"},
    "es": {"front": "{title}", "detail": "{title}, de cerca", "room": "{title}, en casa"},
}


@dataclass(frozen=True)
class Seller:
    """A member of a shop's team. The first one owns the shop."""

    name: str
    email: str
    language: str


@dataclass(frozen=True)
class Goods:
    """A product.

    Args:
        kind: a key of `drawings.DRAWINGS`.
        price: in minor units of the shop's currency.
        state: "published", "draft" or "withdrawn".
    """

    kind: str
    title: str
    text: str
    price: int
    stock: int
    look: Look
    state: str = "published"

    @property
    def views(self) -> tuple[str, ...]:
        """The product's pictures; a draft has only one."""
        return VIEWS[:1] if self.state == "draft" else VIEWS


@dataclass(frozen=True)
class DemoShop:
    """A shop, its team and its products, in one language. It opened `since` days ago.

    Args:
        time_zone: an IANA name.
    """

    language: str
    name: str
    city: str
    time_zone: str
    currency: str
    since: int
    text: str
    team: tuple[Seller, ...]
    goods: tuple[Goods, ...]


def shops() -> list[DemoShop]:
    """Return all shops, alternating between English and Spanish so that lists show both."""
    files = [_shops(language) for language in ALT]
    return [shop for pair in zip(*files, strict=True) for shop in pair]


def _shops(language: str) -> list[DemoShop]:
    paths = sorted((FOLDER / language).glob("*.toml"))
    return [_shop(language, tomllib.loads(path.read_text(encoding="utf-8"))) for path in paths]


def _shop(language: str, row: dict[str, Any]) -> DemoShop:
    goods = tuple(
        Goods(**part | {"look": Look(**part["look"]), "text": part["text"].strip()})
        for part in row.pop("product")
    )
    team = tuple(Seller(**part) for part in row.pop("team"))
    return DemoShop(
        language=language, goods=goods, team=team, **row | {"text": row["text"].strip()}
    )
