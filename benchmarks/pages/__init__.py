"""Measure what the pages cost with 1,000,000 messages, compared with 10,000."""
