"""Frames about who is there, and what people show of themselves."""

from msgspec import Struct


class Presence(Struct, tag="presence"):
    """Whether somebody at the shop is there now; for a shopper with the conversation open."""

    conversation: int
    active: bool


class PresenceChanged(Struct, tag="presence.changed"):
    """Somebody in the conversation shows more or less of themselves than before: open it again."""

    conversation: int
