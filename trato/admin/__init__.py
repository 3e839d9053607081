"""The staff admin: its site, base classes for its pages, and actions that need a reason."""
