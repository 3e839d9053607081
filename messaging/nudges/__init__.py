"""Remind the other side without words, once a day, while waiting for its answer."""
