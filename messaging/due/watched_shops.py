"""Shops where a shopper's message makes something due immediately."""

from collections.abc import Iterable, Sequence

from messaging.models import Side
from messaging.records import Sent

from .loop import wake

_watched: frozenset[int] = frozenset()


def watch(shop_ids: Iterable[int]) -> None:
    """Watch these shops, and no others, in this process."""
    global _watched
    _watched = frozenset(shop_ids)


def shopper_wrote(sents: Sequence[Sent]) -> None:
    """Wake the loop if a shopper wrote to a watched shop; an effect of `messaging.pipeline`."""
    if _watched and any(sent.shop_id in _watched and sent.side is Side.CONSUMER for sent in sents):
        wake()
