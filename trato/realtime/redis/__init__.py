"""Connections to Redis, and the channel layer that uses them."""
