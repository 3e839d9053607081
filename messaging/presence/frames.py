"""Frames about who is there, and what people show of themselves."""

from msgspec import Struct


class Presence(Struct, tag="presence"):
    """To a shopper who has the conversation open: whether somebody of the shop is there now."""

    conversation: int
    active: bool


class PresenceChanged(Struct, tag="presence.changed"):
    """Somebody there shows more of themselves than before, or less: open the conversation again."""

    conversation: int
