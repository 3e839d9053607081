"""Reports of all kinds, their receipts, and what staff do with them."""
