"""What becomes of held messages: staff deliver or reject them, their senders take them back."""
