"""People: who they are, what they may do, and whether their sockets may stay open.

Stands at the bottom: imports no other app of Trato.
"""
