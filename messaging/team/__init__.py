"""What a shop's members share about a conversation. Shoppers never see it."""
