"""Block a shop or a shopper: neither side can then write, and the blocked side isn't told why."""
