"""What waits for a person: the badge, the list, and the door `actions.notify()`.

Imports no other app; other apps call `notify()` and say what and where.
"""
