"""What the other shop sells, and the partners who sell it."""
