"""Announcements of staff."""
