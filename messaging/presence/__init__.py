"""What people show of themselves: how far they have read, that they type, that a shop is there."""
