"""Warn the receiving side of the scam that a message resembles."""
