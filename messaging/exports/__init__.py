"""Take a conversation along: a page, JSON and its files, in one ZIP."""
