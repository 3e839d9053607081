"""The frame about a block, which only the blocking side gets."""

from msgspec import Struct


class BlockChanged(Struct, tag="block.changed"):
    """The person's side has blocked the other one in this conversation, or not any more."""

    conversation: int
    blocked: bool
