"""Deliver events to sockets. Knows no model and no app."""
