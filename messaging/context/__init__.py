"""Show the product beside a conversation, then and now, and the shopper's other conversations."""
