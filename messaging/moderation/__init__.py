"""Moderation: staff decide on reports, remove messages and read conversations in the admin.

People report in `messaging.reports`, which also has the model.
"""
