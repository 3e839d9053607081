"""What people say in the demo."""
