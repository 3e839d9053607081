"""Saved replies: a shop's and a seller's own texts, filled for a conversation when inserted.

Every active member of a shop may add, edit and delete its replies: all members see the same list,
and deleting asks for confirmation. Nobody else sees or changes a person's own replies; that person
can use them in all shops that they work for.
"""
