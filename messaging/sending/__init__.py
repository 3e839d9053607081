"""Sending: from an attempt to a stored message that both sides hear of."""
