"""What the pages cost with 1,000,000 messages, beside what they cost with 10,000."""
