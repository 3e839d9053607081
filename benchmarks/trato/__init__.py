"""Trato with production's settings, and people who talk."""
