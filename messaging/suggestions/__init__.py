"""Suggestions: a shop's own past answers to questions like the one that waits now.

They are searched for when a seller opens a conversation, in what both databases index anyway, so
there is nothing to keep up to date when messages are removed or accounts deleted. The seller
sends each answer. `MESSAGING_SUGGESTER` names the class; `base.py` says what another one has to do.
"""
