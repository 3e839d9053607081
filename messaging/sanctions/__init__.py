"""Sanctions: what a staff decision keeps a person from doing, and until when."""
