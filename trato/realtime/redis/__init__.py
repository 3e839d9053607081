"""The channel layer on Redis."""
