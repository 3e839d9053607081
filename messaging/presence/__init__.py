"""What others may see of a person: read marks, typing, and that the shop is there."""
