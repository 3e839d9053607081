"""The naive rival: the chat of the Channels tutorial, with messages and notifications stored.

Written as one writes it after reading the tutorial: nothing is tuned, nothing is sabotaged. It is
measured beside Trato and never shipped.
"""
