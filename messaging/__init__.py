"""Buyer–seller conversations.

Imports notifications and accounts. It meets the shop that it stands in only through
`MESSAGING_PRODUCT_MODEL`, `MESSAGING_SHOP_MODEL` and `messaging.host`.
"""
