"""The demo's conversations: texts in `scripts/` and `showcases/`, and the code that stores them."""
