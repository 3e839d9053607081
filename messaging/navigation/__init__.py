"""Find a place in a long conversation: the first unread message, a day, or words."""
