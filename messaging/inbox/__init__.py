"""The inbox: a person's conversations, newest first."""
