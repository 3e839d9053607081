"""The beginning of the moderation desk: reports, accountable looks, removals."""

from . import conversations, reports

__all__ = ["conversations", "reports"]
