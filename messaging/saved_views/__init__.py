"""Saved views: names for filters of the list of conversations, a shop's and a person's own.

Shoppers have views of their own too. A label, product or colleague of a view may disappear; then
opening it says so.
"""
