"""Find messages with the same picture: the only place that knows how."""

from datetime import datetime

from messaging.files.queries import SIMILAR_BITS, differing_bits, similar_to
from messaging.models import Message


def same(message: Message, since: datetime, limit: int) -> list[int]:
    """Return the keys of messages with a picture of this message, perhaps recompressed.

    The newest messages come first.
    """
    keys: set[int] = set()
    for one in set(message.files.values_list("picture_hash", flat=True)):
        if one is None:
            continue
        rows = similar_to(one).filter(message__created_at__gte=since).order_by("-message")
        for key, other in rows.values_list("message", "picture_hash").iterator():
            if other is not None and differing_bits(one, other) <= SIMILAR_BITS:
                keys.add(key)
            if len(keys) >= limit:
                break
    return sorted(keys, reverse=True)[:limit]
