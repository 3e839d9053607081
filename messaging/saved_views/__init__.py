"""Saved views: names for filters of the list of conversations, a shop's and a person's own.

Shoppers have views of their own too. If a view's label, product or colleague has disappeared,
people are told when they open the view.
"""
