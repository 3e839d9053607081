"""Whose turn it is in each conversation, and how many conversations of a shop wait for whom."""
