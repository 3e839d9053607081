"""The shield's rules, which staff edit: what becomes of messages that look like something."""
