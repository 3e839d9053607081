"""Export a conversation as a ZIP with a page, JSON and its files."""
