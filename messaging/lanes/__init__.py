"""Whose turn it is in each conversation, and how many of a shop's conversations wait for whom."""
