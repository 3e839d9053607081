"""Stores the demo's saved replies of `saved_replies/`, for each shop in its language."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from messaging.demo.cast import Cast
from messaging.models import SavedReply

FOLDER = Path(__file__).parent / "saved_replies"
USED_MOST = 60  # times; the second reply half as often, and so on


def store_replies(cast: Cast) -> None:
    """Give each shop its replies, and its owner, who joined first, a private one."""
    SavedReply.objects.bulk_create(
        reply
        for shop_id, team in sorted(cast.teams.items())
        for reply in _replies(shop_id, owner=min(team), language=cast.languages[min(team)])
    )


def _replies(shop_id: int, owner: int, language: str) -> Iterator[SavedReply]:
    texts = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    for place, row in enumerate(texts["reply"], start=1):
        yield SavedReply(shop_id=shop_id, uses=USED_MOST // place, **_columns(row))
    for row in texts["own"]:
        yield SavedReply(owner_id=owner, uses=USED_MOST // 4, **_columns(row))


def _columns(row: dict[str, Any]) -> dict[str, Any]:
    return {"name": row["name"], "short": row["short"], "body": row["text"]}
