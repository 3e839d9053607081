"""Edit or withdraw a message for a while after sending it."""
