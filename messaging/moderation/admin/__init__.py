"""Moderation in the admin: reports, recorded looks, removals."""

from . import conversations, reports

__all__ = ["conversations", "reports"]
