"""The shield's rules, which staff edit: what happens to messages in which it finds something."""
