"""Buyer–seller conversations.

Imports notifications. It meets people and the shop around it only through `AUTH_USER_MODEL` and
`messaging.host`.
"""
