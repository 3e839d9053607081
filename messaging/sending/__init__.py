"""Sending: from an attempt to a stored message that is announced to both sides.

A repeated `client_id` is handled in three places. If the first send is still in progress, `batcher`
gives both the same response. `statement.repeated` and `orm.store_one` look for a stored message,
under the lock. `messaging.events` announces the message again if the process may have died between
storing and announcing it.
"""
