"""The other shop's goods, and the partners who sell them."""
