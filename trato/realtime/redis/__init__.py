"""Connections to Redis, and the channel layer on them."""
