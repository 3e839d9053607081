"""Suggestions: a shop's own past answers to questions like the one now waiting.

The server looks for them when a seller opens a conversation, in an index that both databases have
anyway, so nothing needs updating when messages are removed or accounts deleted. Only the seller
sends an answer. `MESSAGING_SUGGESTER` names the class; `base.py` says what another class must do.
"""
