"""Change one's mind: edit a message for a while after sending it, or withdraw it."""
