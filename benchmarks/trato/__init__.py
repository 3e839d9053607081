"""Trato itself, as in production, with people to talk."""
