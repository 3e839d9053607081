"""Which conversations a person's list shows: filters, their order, and the lanes' counts."""
