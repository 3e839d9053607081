"""Stock Channels: its consumer with our server and kind of layer, but without a database.

It neither stores nor checks anything.
"""
