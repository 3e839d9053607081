"""Saved replies: a shop's and a seller's own texts, filled for a conversation when inserted.

Every active member of a shop may add, edit and delete its replies, as in a shared drawer: deleting
asks first, and members see the same list. A person's own replies are seen and changed by nobody
else, and can be used in all shops that the person works for.
"""
