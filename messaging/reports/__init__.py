"""Report messages, conversations, products, shops and people to staff, and see the outcome."""
