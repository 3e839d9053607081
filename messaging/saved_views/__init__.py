"""Saved views: named filters of the list of conversations, a shop's and a person's own.

Shoppers can have their own views too. If a view's label, product or colleague no longer exists,
people are told when they open the view.
"""
