"""The frame about a block, which only the blocking side gets."""

from msgspec import Struct


class BlockChanged(Struct, tag="block.changed"):
    """The person's side has blocked or unblocked the other side of this conversation."""

    conversation: int
    blocked: bool
