"""Contact: a shopper asks from a product page, and may log in after writing."""
