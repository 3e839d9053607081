"""Daphne with this site's changes, and the ways to write to a socket."""
