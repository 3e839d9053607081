"""Warn the side that receives a message of the scam that it looks like."""
