"""Sending: from an attempt to a stored message that both sides hear of.

A repeated `client_id` is noticed in three places. `batcher` lets a repeat of a send that is under
way share its answer. `statement.repeated` and `orm.store_one` look for the first message among the
stored ones, under the lock. `messaging.events` announces a repeat again if the first send may have
died between storing and announcing.
"""
