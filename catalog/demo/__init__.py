"""The demo shop: its people, its products, and generated pictures of them."""
