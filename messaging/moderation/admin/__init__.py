"""Moderation in the admin: reports, recorded looks, removals."""
