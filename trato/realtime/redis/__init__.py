"""Connections to Redis, and the channel layer that uses them.

Redis may be down. For events between processes, see `layer` and `trato.realtime.groups`; for
limits, `trato.rate_limits`; for the logins and codes that allauth counts, `trato.cache`.
"""
