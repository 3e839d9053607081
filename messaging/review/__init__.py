"""Staff deliver or reject held messages, and their senders can withdraw them."""
