"""The visibility of a person: read marks, typing, and whether the shop is there."""
