"""Daphne as this site runs it, and the ways to write to a socket."""
