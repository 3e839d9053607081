"""Both sides of a conversation see when staff looked into it, and why; never who it was."""
