"""The staff's admin: base classes of its pages, its site, and acts that need a reason."""
