"""The naive rival: the Channels tutorial's chat, with stored messages and notifications.

It is what you would write after reading the tutorial: neither tuned nor sabotaged. It is measured
for comparison with Trato and never shipped.
"""
