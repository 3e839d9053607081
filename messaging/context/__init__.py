"""Show beside a conversation its product, then and now, and the shopper's other conversations."""
