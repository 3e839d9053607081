"""Moderation: people report messages, staff decide and remove."""
