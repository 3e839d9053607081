"""The conversations in a person's list: filters, their order, and the lanes' counts."""
