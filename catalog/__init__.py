"""The shop: shops and their teams, products, pictures, search."""
