"""Daphne with this site's changes, and ways to write to a socket."""
