"""Stock Channels: its own consumer on this server and kind of layer, without a database.

It stores nothing and checks nothing.
"""
