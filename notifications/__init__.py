"""What waits for a person: the badge, the list, and the door `actions.notify()`.

Imports no other app; whoever wants to notify calls the door and says what and where.
"""
