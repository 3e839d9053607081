"""The inbox: a person's conversations in their order."""
