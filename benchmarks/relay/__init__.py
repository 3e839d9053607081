"""The relay limit: what Channels' own consumer carries on this server and layer, with no database.

It stores nothing and checks nothing.
"""
