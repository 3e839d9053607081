"""Block a shop or a shopper: then neither side can write, and the blocked side isn't told why.

`access.refusal_to_write` refuses.
"""
