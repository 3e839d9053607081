"""Buyer–seller conversations. Knows the shop around it only through `messaging.host`."""
