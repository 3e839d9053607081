"""Block a shop or a shopper: neither side can write any more, and the other isn't told why."""
