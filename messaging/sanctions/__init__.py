"""What a decision of staff keeps a person from doing, and until when."""
