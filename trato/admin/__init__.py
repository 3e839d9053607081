"""The admin for staff: bases of its pages, its site, and acts that ask for a reason."""
