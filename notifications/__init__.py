"""Notifications: the badge, the list, and `actions.notify()` for other apps.

Imports no other app; other apps call `notify()` with a text and a URL.
"""
