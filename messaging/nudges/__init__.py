"""Remind the other side without a message, once a day, while waiting for its answer."""
