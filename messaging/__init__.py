"""Buyer–seller conversations. Meets the shop around it only through `messaging.host`."""
